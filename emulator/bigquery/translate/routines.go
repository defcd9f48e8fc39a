package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Function is a function that a script has created: an expression of its
// arguments.
type Function struct {
	Name      string
	Arguments []Variable
	Result    *types.Type
	Body      string
}

// createFunction reads CREATE TEMP FUNCTION with a body in SQL.
func (t *translator) createFunction(s *gsql.ResolvedCreateFunctionStmt) {
	path := must(s.NamePath())
	switch {
	case must(s.CreateScope()) != gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp:
		unsupported("CREATE FUNCTION without TEMP")
	case !strings.EqualFold(must(s.Language()), "SQL"):
		unsupported("a function in %s", must(s.Language()))
	case must(s.IsAggregate()):
		unsupported("CREATE AGGREGATE FUNCTION")
	case must(s.FunctionExpression()) == nil:
		unsupported("a function of ANY TYPE")
	}
	f := &Function{Name: path[len(path)-1], Result: typeOf(must(s.ReturnType())), Body: must(s.Code())}
	signature := must(s.Signature())
	for i, name := range must(s.ArgumentNameList()) {
		typ := typeOf(must(must(signature.Argument(int32(i))).Type()))
		f.Arguments = append(f.Arguments, Variable{Name: name, Type: typ})
	}
	t.plan.Kind, t.plan.Function = "CREATE_FUNCTION", f
}

// declareFunctions makes the functions of a script known to the analyzer.
func (a *analyzer) declareFunctions(catalog *gsql.SimpleCatalog, list []*Function) []any {
	var keep []any
	for _, f := range list {
		args := make([]*gsql.FunctionArgumentType, len(f.Arguments))
		for i, arg := range f.Arguments {
			args[i] = must(gsql.NewFunctionArgumentType3(a.typeNode(arg.Type), 1))
		}
		result := must(gsql.NewFunctionArgumentType3(a.typeNode(f.Result), 1))
		signature := must(gsql.NewFunctionSignature3(result, args, 0))
		fn := must(gsql.NewFunction4(f.Name, "script", gsql.FunctionEnums_ModeScalar, []*gsql.FunctionSignature{signature}))
		check(catalog.AddFunction(fn))
		keep = append(keep, fn, signature, result, args)
	}
	return keep
}

// inline translates a call of a script's function: its body with the
// arguments in the place of their names.
func (t *translator) inline(f *Function, c *call) string {
	if t.shared.depth++; t.shared.depth > 16 {
		unsupported("functions nested deeper than 16")
	}
	defer func() { t.shared.depth-- }()
	req := *t.req
	req.SQL, req.Variables, req.Parameters = "SELECT "+f.Body, f.Arguments, nil
	sub := &translator{
		a: t.a, req: &req, plan: t.plan, shared: t.shared, project: t.project,
		prefix: t.fresh("f") + "c", filtered: map[int32]bool{}, named: map[int32]string{}, arguments: map[string]string{},
	}
	for i, arg := range f.Arguments {
		sub.arguments[strings.ToLower(arg.Name)] = pinned(c.args[i], arg.Type)
	}
	var out string
	err := t.a.analyze(&req, req.SQL, func(l *lookup, stmt gsql.ResolvedStatementNode) {
		q, ok := stmt.(*gsql.ResolvedQueryStmt)
		if !ok {
			unsupported("function %s, whose body is no expression,", f.Name)
		}
		sub.tables = l
		out = fmt.Sprintf("(%s)", sub.positional(must(q.Query())))
		sub.finish()
	})
	if err != nil {
		fail(err)
	}
	return pinned(out, f.Result)
}
