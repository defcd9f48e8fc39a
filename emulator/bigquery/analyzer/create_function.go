package analyzer

import (
	"regexp"
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// createFunction reads CREATE FUNCTION with a body in SQL or in JavaScript.
func (c *converter) createFunction(s *gsql.ResolvedCreateFunctionStmt) resolved.Statement {
	path := must(s.NamePath())
	javascript := strings.EqualFold(must(s.Language()), "js")
	switch {
	case !javascript && !strings.EqualFold(must(s.Language()), "SQL"):
		bqerror.Refuse("a function in %s", must(s.Language()))
	case must(s.IsAggregate()) && !javascript:
		return c.expandedFunction(s)
	case !javascript && must(s.FunctionExpression()) == nil:
		return c.expandedFunction(s)
	}
	args := arguments(must(s.Signature()), must(s.ArgumentNameList()))
	d := create("CREATE_FUNCTION", resolved.CreateRoutine, s)
	d.Options = c.options(must(s.OptionList()))
	var libraries []string
	if javascript {
		libraries = librariesOf(d.Options)
	}
	if must(s.IsAggregate()) && !d.Temporary {
		bqerror.Refuse("an aggregate function in JavaScript that isn't temporary")
	}
	if d.Temporary {
		for name := range d.Options {
			if name != "description" {
				bqerror.Throw(bqerror.Query("Unknown option: %s", name))
			}
		}
		return &resolved.CreateFunction{Function: &resolved.Function{
			Name: path[len(path)-1], Arguments: args, Result: typeOf(must(s.ReturnType())), Body: must(s.Code()), JavaScript: javascript, Libraries: libraries,
			Aggregate: must(s.IsAggregate()), Constant: constantArguments(must(s.Signature()), len(args)),
		}}
	}
	d.Columns = []types.Field{{Type: typeOf(must(s.ReturnType()))}}
	d.Routine = &resolved.RoutineDefinition{Kind: resolved.ScalarFunction, Arguments: args, Body: must(s.Code()), JavaScript: javascript, Expr: c.expr(must(s.FunctionExpression()))}
	if javascript {
		d.Routine.Determinism, d.Routine.Libraries = determinism[must(s.DeterminismLevel())], libraries
	}
	if must(s.HasExplicitReturnType()) {
		d.Routine.Result = d.Columns[0].Type
	}
	return d
}

// constantArguments says which arguments of a function are NOT AGGREGATE.
func constantArguments(signature *gsql.FunctionSignature, n int) []bool {
	list := make([]bool, n)
	for i := range list {
		list[i] = must(must(must(signature.Argument(int32(i))).Options()).IsNotAggregate())
	}
	return list
}

// librariesOf takes the option library, an address or several, out of the options of a function.
func librariesOf(options map[string]any) (list []string) {
	values, several := options["library"].([]any)
	if v, given := options["library"]; given && !several {
		values = []any{v}
	}
	for _, v := range values {
		uri, ok := v.(string)
		if !ok {
			bqerror.Throw(bqerror.Query("The option library must be a STRING or an ARRAY<STRING>"))
		}
		list = append(list, uri)
	}
	delete(options, "library")
	return list
}

// expandedFunction is a function with arguments of ANY TYPE, or an aggregate one: its body takes the
// place of its calls.
func (c *converter) expandedFunction(s *gsql.ResolvedCreateFunctionStmt) resolved.Statement {
	path, signature := must(s.NamePath()), must(s.Signature())
	f := &resolved.Function{Name: path[len(path)-1], Body: must(s.Code()), Expanded: true, Aggregate: must(s.IsAggregate())}
	for i, name := range must(s.ArgumentNameList()) {
		arg, a := resolved.Variable{Name: name}, must(signature.Argument(int32(i)))
		if must(a.Kind()) == gsql.SignatureArgumentKindArgTypeFixed {
			arg.Type = typeOf(must(a.Type()))
		}
		f.Arguments = append(f.Arguments, arg)
	}
	if must(s.HasExplicitReturnType()) {
		f.Result = typeOf(must(s.ReturnType()))
	}
	d := create("CREATE_FUNCTION", resolved.CreateRoutine, s)
	if d.Temporary {
		return &resolved.CreateFunction{Function: f}
	}
	if slices.Contains(constantArguments(signature, len(f.Arguments)), true) {
		bqerror.Refuse("NOT AGGREGATE of an argument of the function %s, which isn't temporary", f.Name)
	}
	d.Options = c.options(must(s.OptionList()))
	d.Routine = &resolved.RoutineDefinition{Kind: resolved.ScalarFunction, Arguments: f.Arguments, Body: f.Body, Result: f.Result}
	if f.Aggregate {
		d.Routine.Kind = resolved.AggregateFunction
	}
	return d
}

// determinism is what a function says of its values.
var determinism = map[gsql.ResolvedCreateStatementEnums_DeterminismLevel]string{
	gsql.ResolvedCreateStatementEnums_DeterminismLevelDeterminismDeterministic:    "DETERMINISTIC",
	gsql.ResolvedCreateStatementEnums_DeterminismLevelDeterminismNotDeterministic: "NOT_DETERMINISTIC",
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
	d.Routine = &resolved.RoutineDefinition{
		Kind: resolved.TableFunction, Arguments: arguments(signature, must(s.ArgumentNameList())), Body: must(s.Code()),
	}
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

// argumentMode finds the mode of a procedure's argument, for which the analyzer's
// binding has no getter.
var argumentMode = regexp.MustCompile(`procedure_argument_mode: (\w+)`)

func (c *converter) createProcedure(s *gsql.ResolvedCreateProcedureStmt) *resolved.DDL {
	d := create("CREATE_PROCEDURE", resolved.CreateRoutine, s)
	if language := must(s.Language()); language != "" {
		bqerror.Refuse("a procedure in %s", language)
	}
	d.Options = c.options(must(s.OptionList()))
	signature, names := must(s.Signature()), must(s.ArgumentNameList())
	d.Routine = &resolved.RoutineDefinition{Kind: resolved.Procedure, Arguments: arguments(signature, names), Body: must(s.ProcedureBody())}
	for i := range names {
		mode := ""
		if m := argumentMode.FindStringSubmatch(must(must(must(signature.Argument(int32(i))).Options()).OptionsDebugString())); m != nil {
			mode = m[1]
		}
		d.Routine.Modes = append(d.Routine.Modes, mode)
	}
	return d
}
