package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// expr translates a scalar expression. The result can stand anywhere an
// operand can.
func (t *translator) expr(node resolved.Expr) string {
	switch e := node.(type) {
	case *resolved.Literal:
		if e.Keyword != "" {
			return e.Keyword
		}
		return ducksql.Literal(e.Value, e.Type())
	case *resolved.ColumnRef:
		return t.column(e.Column)
	case *resolved.Parameter:
		return t.parameter(Parameter{Kind: QueryParameter, Name: e.Name, Position: e.Position, Type: e.Type()})
	case *resolved.ScriptVariable:
		if arg, ok := t.arguments[strings.ToLower(e.Name)]; ok {
			return arg
		}
		return t.parameter(Parameter{Kind: ScriptVariable, Name: e.Name, Type: e.Type()})
	case *resolved.SystemVariable:
		return t.parameter(Parameter{Kind: SystemVariable, Name: e.Name, Type: e.Type()})
	case *resolved.Call:
		return t.call(e)
	case *resolved.Cast:
		return t.cast(e)
	case *resolved.Subquery:
		return t.subquery(e)
	case *resolved.MakeStruct:
		return t.makeStruct(e.Fields, e.Type())
	case *resolved.GetField:
		return ducksql.Field(t.expr(e.Expr), e.Expr.Type(), e.Index)
	case *resolved.GetJSONField:
		return fmt.Sprintf("bq_json_field(%s, %s)", t.expr(e.Expr), ducksql.String(e.Name))
	case *resolved.WithExpr:
		return t.withExpr(e)
	case *resolved.DefaultValue:
		return "DEFAULT"
	case *resolved.Invalid:
		bqerror.Throw(e.Err)
	}
	panic(fmt.Sprintf("translate: unknown expression %T", node))
}

// cast translates CAST and SAFE_CAST. What is cast may fail in both.
func (t *translator) cast(e *resolved.Cast) string {
	from, to := e.Expr.Type(), e.Type()
	c := &function.Call{Statement: t, Name: "cast", Nodes: []resolved.Expr{e.Expr}, Args: []string{t.expr(e.Expr)}, Types: []*types.Type{from}, Type: to}
	convert := func(c *function.Call) string {
		switch {
		case e.Format != nil:
			zone := t.Zone()
			if e.Zone != nil {
				zone = t.expr(e.Zone)
			}
			return cast.Format(c.Args[0], from, to, t.expr(e.Format), zone)
		case e.Safe:
			return cast.Limit(e.Limits, cast.ConvertOrNull(t, c.Args[0], from, to), to)
		}
		return cast.Limit(e.Limits, cast.Convert(t, c.Args[0], from, to), to)
	}
	if e.Safe {
		return c.Safe(convert)
	}
	return convert(c)
}

// makeStruct builds a STRUCT; its fields are cast, so that a bare NULL has a type.
func (t *translator) makeStruct(fields []resolved.Expr, typ *types.Type) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = fmt.Sprintf("%s := %s", types.Quote(typ.Key(i)), ducksql.Cast(t.expr(f), typ.Fields[i].Type))
	}
	if len(list) == 0 {
		bqerror.Refuse("an empty STRUCT")
	}
	return "struct_pack(" + strings.Join(list, ", ") + ")"
}

// withExpr translates an expression that names parts of itself. Each part is
// a column of a subquery around the parts before it.
func (t *translator) withExpr(e *resolved.WithExpr) string {
	from := "SELECT 1"
	for _, a := range e.Assignments {
		from = fmt.Sprintf("SELECT *, %s AS %s FROM (%s)", t.expr(a.Expr), t.column(a.Column), from)
	}
	return fmt.Sprintf("(SELECT %s FROM (%s))", t.expr(e.Expr), from)
}
