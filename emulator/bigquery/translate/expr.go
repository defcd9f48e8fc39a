package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// expr translates a scalar expression. The result can stand anywhere an
// operand can.
func (t *translator) expr(node gsql.ResolvedExprNode) string {
	switch e := node.(type) {
	case *gsql.ResolvedLiteral:
		return literalText(must(e.Value()), t)
	case *gsql.ResolvedColumnRef:
		return t.column(must(e.Column()))
	case *gsql.ResolvedParameter:
		return t.queryParameter(e)
	case *gsql.ResolvedConstant:
		c := must(e.Constant())
		name := must(c.Name())
		if arg, ok := t.arguments[strings.ToLower(name)]; ok {
			return arg
		}
		return t.parameter(Parameter{Kind: ScriptVariable, Name: name, Type: typeOf(must(e.Type()))})
	case *gsql.ResolvedSystemVariable:
		name := strings.ToLower(strings.Join(must(e.NamePath()), "."))
		return t.parameter(Parameter{Kind: SystemVariable, Name: name, Type: typeOf(must(e.Type()))})
	case *gsql.ResolvedFunctionCall:
		return t.functionCall(e)
	case *gsql.ResolvedCast:
		return t.cast(e)
	case *gsql.ResolvedSubqueryExpr:
		return t.subquery(e)
	case *gsql.ResolvedMakeStruct:
		return t.makeStruct(must(e.FieldList()), typeOf(must(e.Type())))
	case *gsql.ResolvedGetStructField:
		inner := must(e.Expr())
		return field(t.expr(inner), typeOf(must(inner.Type())), int(must(e.FieldIdx())))
	case *gsql.ResolvedGetJsonField:
		return fmt.Sprintf("bq_json_field(%s, %s)", t.expr(must(e.Expr())), quoteString(must(e.FieldName())))
	case *gsql.ResolvedWithExpr:
		return t.withExpr(e)
	case *gsql.ResolvedDMLDefault:
		return "DEFAULT"
	default:
		kind := must(node.NodeKindString())
		unsupported("%s", strings.TrimPrefix(kind, "Resolved"))
		return ""
	}
}

// exprs translates a list of expressions.
func (t *translator) exprs(nodes []gsql.ResolvedExprNode) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = t.expr(n)
	}
	return list
}

func (t *translator) queryParameter(e *gsql.ResolvedParameter) string {
	p := Parameter{Kind: QueryParameter, Name: strings.ToLower(must(e.Name())), Type: typeOf(must(e.Type()))}
	if p.Name == "" {
		p.Position = int(must(e.Position()))
	}
	return t.parameter(p)
}

// makeStruct builds a STRUCT; its fields are cast, so that a bare NULL has a type.
func (t *translator) makeStruct(fields []gsql.ResolvedExprNode, typ *types.Type) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = fmt.Sprintf("%s := %s", types.Quote(typ.Key(i)), pinned(t.expr(f), typ.Fields[i].Type))
	}
	if len(list) == 0 {
		unsupported("an empty STRUCT")
	}
	return "struct_pack(" + strings.Join(list, ", ") + ")"
}

// field is a field of a STRUCT.
func field(x string, typ *types.Type, i int) string {
	return fmt.Sprintf("struct_extract(%s, %s)", x, quoteString(typ.Key(i)))
}

// pinned casts an expression to the DuckDB type of a GoogleSQL type.
func pinned(sql string, typ *types.Type) string {
	return "CAST(" + sql + " AS " + typ.DuckDB() + ")"
}

// withExpr translates an expression that names parts of itself. Each part is
// a column of a subquery around the parts before it.
func (t *translator) withExpr(e *gsql.ResolvedWithExpr) string {
	from := "SELECT 1"
	for _, a := range must(e.AssignmentList()) {
		from = fmt.Sprintf("SELECT *, %s AS %s FROM (%s)", t.expr(must(a.Expr())), t.column(must(a.Column())), from)
	}
	return fmt.Sprintf("(SELECT %s FROM (%s))", t.expr(must(e.Expr())), from)
}
