package analyzer

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// declareMissing declares the functions of BigQuery that the analyzer lacks.
func (a *engine) declareMissing() {
	for name, s := range functions.All.Signatures {
		args := make([]*gsql.FunctionArgumentType, len(s.Args))
		for i, arg := range s.Args {
			args[i] = a.argumentType(arg)
		}
		mode := gsql.FunctionEnums_ModeScalar
		if s.Aggregate {
			mode = gsql.FunctionEnums_ModeAggregate
		}
		var signatures []*gsql.FunctionSignature
		for n := len(args) - s.Optional; n <= len(args); n++ {
			signatures = append(signatures, must(gsql.NewFunctionSignature3(a.argumentType(s.Result), args[:n], 0)))
		}
		f := must(gsql.NewFunction4(name, "bigquery", mode, signatures))
		check(a.builtins.AddFunction(f))
		a.declared = append(a.declared, f)
	}
}

// argumentType is an argument or result by its name in a function.Signature.
func (a *engine) argumentType(name string) *gsql.FunctionArgumentType {
	switch name {
	case "ANY1":
		return must(gsql.NewFunctionArgumentType4(gsql.SignatureArgumentKindArgTypeAny1, 1))
	case "ANY2":
		return must(gsql.NewFunctionArgumentType4(gsql.SignatureArgumentKindArgTypeAny2, 1))
	}
	if name == function.TermWeights {
		fields := []types.Field{{Name: "term", Type: types.Of(types.String)}, {Name: "tf_idf", Type: types.Of(types.Float64)}}
		return must(gsql.NewFunctionArgumentType3(a.typeNode(types.ArrayOf(&types.Type{Kind: types.Struct, Fields: fields})), 1))
	}
	element, isArray := strings.CutPrefix(name, "ARRAY<")
	kind, ok := types.KindOf(strings.TrimSuffix(element, ">"))
	if !ok {
		bqerror.Throw(fmt.Errorf("a signature names the unknown type %s", name))
	}
	typ := types.Of(kind)
	if isArray {
		typ = types.ArrayOf(typ)
	}
	return must(gsql.NewFunctionArgumentType3(a.typeNode(typ), 1))
}

// declareFunctions makes the functions of a script known to the analyzer.
func (a *engine) declareFunctions(catalog *gsql.SimpleCatalog, list []*resolved.Function) []any {
	var keep []any
	for _, f := range list {
		if f.Expanded {
			continue // Expand has put its body in the place of its calls
		}
		result := must(gsql.NewFunctionArgumentType3(a.typeNode(f.Result), 1))
		signature := a.signature(result, f.Arguments, 0)
		mode := gsql.FunctionEnums_ModeScalar
		if f.Aggregate {
			mode, signature = gsql.FunctionEnums_ModeAggregate, a.aggregateSignature(result, f)
		}
		fn := must(gsql.NewFunction4(f.Name, "script", mode, []*gsql.FunctionSignature{signature}))
		check(catalog.AddFunction(fn))
		keep = append(keep, fn, signature, result)
	}
	return keep
}

// aggregateSignature is that of an aggregate function, some of whose arguments are the same for
// all rows.
func (a *engine) aggregateSignature(result *gsql.FunctionArgumentType, f *resolved.Function) *gsql.FunctionSignature {
	args := make([]*gsql.FunctionArgumentType, len(f.Arguments))
	for i, arg := range f.Arguments {
		options := must(must(gsql.NewFunctionArgumentTypeOptions()).SetIsNotAggregate(f.Constant[i]))
		args[i] = must(gsql.NewFunctionArgumentType(a.typeNode(arg.Type), options, 1))
	}
	return must(gsql.NewFunctionSignature3(result, args, 0))
}

// signature is that of a function with arguments of fixed types.
func (a *engine) signature(result *gsql.FunctionArgumentType, arguments []resolved.Variable, id int64) *gsql.FunctionSignature {
	args := make([]*gsql.FunctionArgumentType, len(arguments))
	for i, arg := range arguments {
		args[i] = must(gsql.NewFunctionArgumentType3(a.typeNode(arg.Type), 1))
	}
	return must(gsql.NewFunctionSignature3(result, args, id))
}
