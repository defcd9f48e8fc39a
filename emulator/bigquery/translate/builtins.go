package translate

import (
	gsql "github.com/goccy/go-googlesql"
)

// addFunctions declares the functions of BigQuery that the analyzer lacks.
func addFunctions(a *analyzer) {
	byValue := []gsql.SignatureArgumentKind{gsql.SignatureArgumentKindArgTypeAny1, gsql.SignatureArgumentKindArgTypeAny2}
	for _, name := range []string{"max_by", "min_by"} {
		a.declare(name, gsql.FunctionEnums_ModeAggregate, gsql.SignatureArgumentKindArgTypeAny1, byValue)
	}
}

// declare adds a function whose types are templates.
func (a *analyzer) declare(name string, mode gsql.FunctionEnums_Mode, result gsql.SignatureArgumentKind, args []gsql.SignatureArgumentKind) {
	var types []*gsql.FunctionArgumentType
	for _, k := range args {
		types = append(types, must(gsql.NewFunctionArgumentType4(k, 1)))
	}
	signature := must(gsql.NewFunctionSignature3(must(gsql.NewFunctionArgumentType4(result, 1)), types, 0))
	f := must(gsql.NewFunction4(name, "bigquery", mode, []*gsql.FunctionSignature{signature}))
	check(a.builtins.AddFunction(f))
	a.declared = append(a.declared, f)
}
