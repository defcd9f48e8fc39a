package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// createFunction reads CREATE TEMP FUNCTION with a body in SQL.
func createFunction(s *gsql.ResolvedCreateFunctionStmt) resolved.Statement {
	path := must(s.NamePath())
	switch {
	case must(s.CreateScope()) != gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp:
		bqerror.Refuse("CREATE FUNCTION without TEMP")
	case !strings.EqualFold(must(s.Language()), "SQL"):
		bqerror.Refuse("a function in %s", must(s.Language()))
	case must(s.IsAggregate()):
		bqerror.Refuse("CREATE AGGREGATE FUNCTION")
	case must(s.FunctionExpression()) == nil:
		bqerror.Refuse("a function of ANY TYPE")
	}
	f := &resolved.Function{Name: path[len(path)-1], Result: typeOf(must(s.ReturnType())), Body: must(s.Code())}
	f.Arguments = arguments(must(s.Signature()), must(s.ArgumentNameList()))
	return &resolved.CreateFunction{Function: f}
}

// arguments are those of a function that a statement creates.
func arguments(signature *gsql.FunctionSignature, names []string) []resolved.Variable {
	var list []resolved.Variable
	for i, name := range names {
		arg := must(signature.Argument(int32(i)))
		if must(arg.Kind()) != gsql.SignatureArgumentKindArgTypeFixed {
			bqerror.Refuse("the argument %s, which isn't of a type of values,", name)
		}
		if must(arg.HasDefault()) {
			bqerror.Refuse("DEFAULT of the argument %s", name)
		}
		list = append(list, resolved.Variable{Name: name, Type: typeOf(must(arg.Type()))})
	}
	return list
}

func (c *converter) createTableFunction(s *gsql.ResolvedCreateTableFunctionStmt) *resolved.DDL {
	d := create("CREATE_TABLE_FUNCTION", resolved.CreateRoutine, s)
	if d.Temporary {
		bqerror.Refuse("CREATE TEMP TABLE FUNCTION")
	}
	d.Options = c.options(must(s.OptionList()))
	signature := must(s.Signature())
	d.Routine = &resolved.RoutineDefinition{Arguments: arguments(signature, must(s.ArgumentNameList())), Body: must(s.Code())}
	if must(s.Query()) == nil {
		bqerror.Refuse("a table function without a query")
	}
	d.Query = c.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable()))
	if must(s.HasExplicitReturnSchema()) {
		d.Routine.Returns = relation(must(must(must(signature.ResultType()).Options()).RelationInputSchema()))
	}
	return d
}

// relation are the columns of RETURNS TABLE.
func relation(r *gsql.TVFRelation) []types.Field {
	var columns []types.Field
	for _, c := range must(r.Columns()) {
		columns = append(columns, types.Field{Name: c.Name, Type: typeOf(c.Type_)})
	}
	return columns
}
