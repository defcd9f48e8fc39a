package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// call is a function call with translated arguments.
type call struct {
	t     *translator
	name  string
	nodes []gsql.ResolvedExprNode // arguments; nil for one that isn't an expression
	args  []string
	types []*types.Type
	typ   *types.Type // of the result
	safe  bool        // SAFE.f: an error is NULL
	node  *gsql.ResolvedFunctionCallBase
}

// function translates calls of one function.
type function func(c *call) string

// scalars are the scalar functions by lower-case name. A group of functions
// lives in a file of its own, which adds it here.
var scalars = map[string]function{}

// exact are the functions whose result has its exact type already, so that it
// isn't cast.
var exact = map[string]bool{}

// register adds a group of functions.
func register(group map[string]function) bool {
	for name, f := range group {
		if scalars[name] != nil {
			panic("translate: function " + name + " is registered twice")
		}
		scalars[name] = f
	}
	return true
}

// sql makes a function from a template: $1, $2, … are the arguments, $* is all.
func sql(template string) function {
	return func(c *call) string { return c.fill(template) }
}

// byCount chooses a template by the number of arguments.
func byCount(templates map[int]string) function {
	return func(c *call) string {
		template, ok := templates[len(c.args)]
		if !ok {
			unsupported("%s with %d arguments", strings.ToUpper(c.name), len(c.args))
		}
		return c.fill(template)
	}
}

// fill puts the arguments into a template.
func (c *call) fill(template string) string {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '$' || i+1 == len(template) {
			b.WriteByte(template[i])
			continue
		}
		i++
		switch {
		case template[i] == '*':
			b.WriteString(strings.Join(c.args, ", "))
		case template[i] >= '1' && template[i] <= '9':
			b.WriteString(c.args[template[i]-'1'])
		default:
			b.WriteByte('$')
			i--
		}
	}
	return b.String()
}

// arg is the i-th argument, or a default for one that wasn't given.
func (c *call) arg(i int, otherwise string) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return otherwise
}

// literalInt is the value of an argument that must be a literal.
func (c *call) literalInt(i int) int64 {
	if l, ok := c.nodes[i].(*gsql.ResolvedLiteral); ok {
		if v := must(l.Value()); !must(v.IsNull()) && must(v.TypeKind()) == gsql.TypeKindTypeInt64 {
			return must(v.Int64Value())
		}
	}
	unsupported("%s with an argument %d that isn't a literal", strings.ToUpper(c.name), i+1)
	return 0
}

// literalString is the value of an argument if it is a literal string.
func (c *call) literalString(i int) (string, bool) {
	if l, ok := c.nodes[i].(*gsql.ResolvedLiteral); ok {
		if v := must(l.Value()); !must(v.IsNull()) && must(v.TypeKind()) == gsql.TypeKindTypeString {
			return must(v.StringValue()), true
		}
	}
	return "", false
}

// functionName is the name by which a function is registered.
func functionName(f *gsql.Function) string {
	return strings.ToLower(strings.Join(must(f.FunctionNamePath()), "."))
}

func (t *translator) functionCall(e *gsql.ResolvedFunctionCall) string {
	c := t.newCall(e.ResolvedFunctionCallBase)
	for _, f := range t.req.Functions {
		if strings.EqualFold(f.Name, c.name) {
			c.translateArguments()
			return guarded(t.inline(f, c), c.safe)
		}
	}
	f, ok := scalars[c.name]
	if !ok {
		unsupported("function %s", displayName(c.name))
	}
	c.translateArguments()
	out := f(c)
	if !exact[c.name] {
		out = pinned(out, c.typ)
	}
	return guarded(out, c.safe)
}

// displayName is a function's name as messages show it.
func displayName(name string) string {
	return strings.ToUpper(strings.TrimPrefix(name, "$"))
}

func (t *translator) newCall(b *gsql.ResolvedFunctionCallBase) *call {
	return &call{
		t: t, node: b, name: functionName(must(b.Function())), typ: typeOf(must(b.Type())),
		safe: must(b.ErrorMode()) == gsql.ResolvedFunctionCallBaseEnums_ErrorModeSafeErrorMode,
	}
}

// translateArguments fills in nodes, args and types.
func (c *call) translateArguments() {
	c.nodes = must(c.node.ArgumentList())
	if len(c.nodes) == 0 {
		if generic := must(c.node.GenericArgumentList()); len(generic) > 0 {
			c.genericArguments(generic)
			return
		}
	}
	for _, n := range c.nodes {
		c.types = append(c.types, typeOf(must(n.Type())))
		c.args = append(c.args, c.t.expr(n))
	}
}

// genericArguments handles calls with lambdas, which become DuckDB's.
func (c *call) genericArguments(list []*gsql.ResolvedFunctionArgument) {
	for _, a := range list {
		if e := must(a.Expr()); e != nil {
			c.nodes, c.types = append(c.nodes, e), append(c.types, typeOf(must(e.Type())))
			c.args = append(c.args, c.t.expr(e))
			continue
		}
		l := must(a.InlineLambda())
		if l == nil {
			unsupported("an argument of %s", displayName(c.name))
		}
		var names []string
		for _, p := range must(l.ArgumentList()) {
			names = append(names, c.t.column(p))
		}
		c.nodes, c.types = append(c.nodes, nil), append(c.types, nil)
		c.args = append(c.args, fmt.Sprintf("lambda %s: %s", strings.Join(names, ", "), c.t.expr(must(l.Body()))))
	}
}

// failing raises an error when it is evaluated, with a message made of SQL
// expressions. It isn't volatile, so that TRY can catch it.
func failing(message string, typ *types.Type) string {
	return pinned("bq_error("+message+")", typ)
}
