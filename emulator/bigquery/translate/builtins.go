package translate

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// addFunctions declares the functions of BigQuery that the analyzer lacks.
func addFunctions(a *analyzer) {
	any1, any2 := template(gsql.SignatureArgumentKindArgTypeAny1), template(gsql.SignatureArgumentKindArgTypeAny2)
	text, boolean := a.fixed(types.String), a.fixed(types.Bool)
	a.declare("max_by", gsql.FunctionEnums_ModeAggregate, any1, any1, any2)
	a.declare("min_by", gsql.FunctionEnums_ModeAggregate, any1, any1, any2)
	a.declare("contains_substr", gsql.FunctionEnums_ModeScalar, boolean, any1, text)
}

// template is an argument or result of a type that the call decides.
func template(kind gsql.SignatureArgumentKind) *gsql.FunctionArgumentType {
	return must(gsql.NewFunctionArgumentType4(kind, 1))
}

// fixed is an argument or result of a type.
func (a *analyzer) fixed(kind types.Kind) *gsql.FunctionArgumentType {
	return must(gsql.NewFunctionArgumentType3(a.typeNode(types.Of(kind)), 1))
}

// declare adds a function.
func (a *analyzer) declare(name string, mode gsql.FunctionEnums_Mode, result *gsql.FunctionArgumentType, args ...*gsql.FunctionArgumentType) {
	signature := must(gsql.NewFunctionSignature3(result, args, 0))
	f := must(gsql.NewFunction4(name, "bigquery", mode, []*gsql.FunctionSignature{signature}))
	check(a.builtins.AddFunction(f))
	a.declared = append(a.declared, f)
}
