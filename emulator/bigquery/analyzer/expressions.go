package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// converter copies one resolved tree.
type converter struct {
	named   []resolved.Named              // by the numbers that the analyzer knows
	columns map[int32]*resolved.Column    // by number
	entries map[string][]*resolved.Column // of WITH, their columns
	suspect bool                          // see literal
	sql     string                        // of the statement
	zone    string                        // of the statement, "" for UTC
}

// column copies a column, once.
func (c *converter) column(n *gsql.ResolvedColumn) *resolved.Column {
	id := must(n.ColumnId())
	known := c.columns[id]
	if known == nil {
		known = &resolved.Column{ID: id, Name: must(n.Name()), Type: annotated(typeOf(must(n.Type())), must(n.TypeAnnotationMap()))}
		c.columns[id] = known
	}
	return known
}

func (c *converter) columnList(list []*gsql.ResolvedColumn) []*resolved.Column {
	out := make([]*resolved.Column, len(list))
	for i, n := range list {
		out[i] = c.column(n)
	}
	return out
}

// expr copies an expression; nil stays nil. What the emulator doesn't support
// becomes Invalid: the statement fails only if it is translated.
func (c *converter) expr(node gsql.ResolvedExprNode) resolved.Expr {
	if node == nil {
		return nil
	}
	out, err := attempt(func() resolved.Expr { return c.exprNode(node, resolved.Typed{Of: exprType(node)}) })
	if err != nil {
		return &resolved.Invalid{Err: err}
	}
	return out
}

// exprType is the type of an expression, with its collation.
func exprType(node interface {
	Type() (gsql.Googlesql_TypeNode, error)
}) *types.Type {
	t := typeOf(must(node.Type()))
	if n, ok := node.(interface {
		TypeAnnotationMap() (*gsql.AnnotationMap, error)
	}); ok {
		return annotated(t, must(n.TypeAnnotationMap()))
	}
	return t
}

func (c *converter) exprNode(node gsql.ResolvedExprNode, typed resolved.Typed) resolved.Expr {
	switch e := node.(type) {
	case *gsql.ResolvedLiteral:
		if c.zone != "" && holdsTimestamp(typed.Of) && !must(must(e.Value()).IsNull()) {
			return c.zonedLiteral(e, typed)
		}
		return c.signed(e, c.literal(must(e.Value()), typed))
	case *gsql.ResolvedColumnRef:
		return &resolved.ColumnRef{Column: c.column(must(e.Column()))}
	case *gsql.ResolvedParameter:
		p := &resolved.Parameter{Typed: typed, Name: strings.ToLower(must(e.Name()))}
		if p.Name == "" {
			p.Position = int(must(e.Position()))
		}
		return p
	case *gsql.ResolvedArgumentRef:
		return &resolved.ScriptVariable{Typed: typed, Name: must(e.Name())}
	case *gsql.ResolvedConstant:
		return &resolved.ScriptVariable{Typed: typed, Name: must(must(e.Constant()).Name())}
	case *gsql.ResolvedSystemVariable:
		name := strings.ToLower(strings.Join(must(e.NamePath()), "."))
		if _, missing := missingVariables[systemName(name)]; missing {
			bqerror.Refuse("the system variable @@%s", name)
		}
		return &resolved.SystemVariable{Typed: typed, Name: name}
	case *gsql.ResolvedFunctionCall:
		return c.call(e.ResolvedFunctionCallBase)
	case *gsql.ResolvedCast:
		return c.cast(e, typed)
	case *gsql.ResolvedSubqueryExpr:
		q := &resolved.Subquery{
			Typed: typed, Kind: subqueryKind(must(e.SubqueryType())), Scan: c.scan(must(e.Subquery())), In: c.expr(must(e.InExpr())),
		}
		if collation := must(e.InCollation()); collation != nil && must(collation.HasCollation()) {
			q.Collation = collationNamed(must(collation.CollationName()))
		}
		c.collateSubquery(q)
		return q
	case *gsql.ResolvedMakeStruct:
		fields := c.exprs(must(e.FieldList()))
		return &resolved.MakeStruct{Typed: resolved.Typed{Of: structOf(typed.Of, fields)}, Fields: fields}
	case *gsql.ResolvedGetStructField:
		return &resolved.GetField{Typed: typed, Expr: c.expr(must(e.Expr())), Index: int(must(e.FieldIdx()))}
	case *gsql.ResolvedGetJsonField:
		return &resolved.GetJSONField{Typed: typed, Expr: c.expr(must(e.Expr())), Name: must(e.FieldName())}
	case *gsql.ResolvedWithExpr:
		return &resolved.WithExpr{Typed: typed, Assignments: c.computed(must(e.AssignmentList())), Expr: c.expr(must(e.Expr()))}
	case *gsql.ResolvedDMLDefault:
		return &resolved.DefaultValue{Typed: typed}
	}
	bqerror.Refuse("%s", kindOf(node))
	return nil
}

// kindOf names a node in messages.
func kindOf(node interface{ NodeKindString() (string, error) }) string {
	return strings.TrimPrefix(must(node.NodeKindString()), "Resolved")
}

func (c *converter) exprs(nodes []gsql.ResolvedExprNode) []resolved.Expr {
	list := make([]resolved.Expr, len(nodes))
	for i, n := range nodes {
		list[i] = c.expr(n)
	}
	return list
}

func (c *converter) computed(list []*gsql.ResolvedComputedColumn) []resolved.Computed {
	out := make([]resolved.Computed, len(list))
	for i, n := range list {
		out[i] = resolved.Computed{Column: c.column(must(n.Column())), Expr: c.expr(must(n.Expr()))}
		collated(out[i].Column, out[i].Expr.Type())
	}
	return out
}

func subqueryKind(k gsql.ResolvedSubqueryExprEnums_SubqueryType) resolved.SubqueryKind {
	switch k {
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeScalar:
		return resolved.ScalarSubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeExists:
		return resolved.ExistsSubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeIn:
		return resolved.InSubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeArray:
		return resolved.ArraySubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeLikeAny:
		return resolved.LikeAnySubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeLikeAll:
		return resolved.LikeAllSubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeNotLikeAny:
		return resolved.NotLikeAnySubquery
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeNotLikeAll:
		return resolved.NotLikeAllSubquery
	}
	bqerror.Refuse("this kind of subquery")
	return 0
}

func (c *converter) cast(e *gsql.ResolvedCast, typed resolved.Typed) resolved.Expr {
	out := &resolved.Cast{
		Typed: typed, Expr: c.expr(must(e.Expr())), Safe: must(e.ReturnNullOnError()),
		Format: c.expr(must(e.Format())), Zone: c.expr(must(e.TimeZone())),
	}
	p := must(e.TypeParameters())
	if p == nil || must(p.IsEmpty()) {
		return out
	}
	out.Limits = limitsOf(p)
	return out
}

// functionName is the name by which a function is registered.
func functionName(f *gsql.Function) string {
	return strings.ToLower(strings.Join(must(f.FunctionNamePath()), "."))
}

func (c *converter) call(b *gsql.ResolvedFunctionCallBase) *resolved.Call {
	call := &resolved.Call{
		Typed: resolved.Typed{Of: exprType(b)}, Function: functionName(must(b.Function())), Collation: operationCollation(must(b.CollationList())),
		Safe: must(b.ErrorMode()) == gsql.ResolvedFunctionCallBaseEnums_ErrorModeSafeErrorMode,
	}
	if must(must(b.Function()).GetGroup()) == routineGroup {
		call.Routine = c.named[must(must(b.Signature()).ContextId())].Routine
	}
	args := must(b.ArgumentList())
	if len(args) > 0 {
		call.Args = c.exprs(args)
		collate(call, false)
		return call
	}
	for _, a := range must(b.GenericArgumentList()) {
		call.Args = append(call.Args, c.genericArgument(a, call.Function))
	}
	return call
}

// genericArgument copies an argument of a call with lambdas.
func (c *converter) genericArgument(a *gsql.ResolvedFunctionArgument, function string) resolved.Expr {
	if e := must(a.Expr()); e != nil {
		return c.expr(e)
	}
	l := must(a.InlineLambda())
	if l == nil {
		return &resolved.Invalid{Err: bqerror.Unsupported("an argument of %s", strings.ToUpper(strings.TrimPrefix(function, "$")))}
	}
	return &resolved.Lambda{Params: c.columnList(must(l.ArgumentList())), Body: c.expr(must(l.Body()))}
}

func (c *converter) aggregateCall(e *gsql.ResolvedAggregateFunctionCall) *resolved.AggregateCall {
	a := c.nonScalarCall(e.ResolvedNonScalarFunctionCallBase)
	a.Nested = len(must(e.GroupByList())) > 0 || must(e.HavingExpr()) != nil
	a.OrderBy = c.orderItems(must(e.OrderByItemList()))
	a.Limit = c.expr(must(e.Limit()))
	if h := must(e.HavingModifier()); h != nil {
		a.Having = &resolved.Having{
			Max: must(h.Kind()) == gsql.ResolvedAggregateHavingModifierEnums_HavingModifierKindMax, Expr: c.expr(must(h.HavingExpr())),
		}
	}
	return a
}

func (c *converter) nonScalarCall(b *gsql.ResolvedNonScalarFunctionCallBase) *resolved.AggregateCall {
	call := c.call(b.ResolvedFunctionCallBase)
	distinct := must(b.Distinct())
	collate(call, distinct)
	return &resolved.AggregateCall{
		Call: *call, Distinct: distinct, Where: c.expr(must(b.WhereExpr())),
		IgnoreNulls:  must(b.NullHandlingModifier()) == gsql.ResolvedNonScalarFunctionCallBaseEnums_NullHandlingModifierIgnoreNulls,
		RespectNulls: must(b.NullHandlingModifier()) == gsql.ResolvedNonScalarFunctionCallBaseEnums_NullHandlingModifierRespectNulls,
	}
}

func (c *converter) analyticCall(e *gsql.ResolvedAnalyticFunctionCall) *resolved.AggregateCall {
	a := c.nonScalarCall(e.ResolvedNonScalarFunctionCallBase)
	if f := must(e.WindowFrame()); f != nil {
		a.Frame = &resolved.Frame{
			Range: must(f.FrameUnit()) == gsql.ResolvedWindowFrameEnums_FrameUnitRange,
			Start: c.bound(must(f.StartExpr())), End: c.bound(must(f.EndExpr())),
		}
	}
	return a
}

func (c *converter) bound(e *gsql.ResolvedWindowFrameExpr) *resolved.Bound {
	if e == nil {
		return &resolved.Bound{}
	}
	b := &resolved.Bound{Offset: c.expr(must(e.Expression()))}
	switch must(e.BoundaryType()) {
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeUnboundedPreceding:
		b.Kind = resolved.UnboundedPreceding
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeUnboundedFollowing:
		b.Kind = resolved.UnboundedFollowing
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeOffsetPreceding:
		b.Kind = resolved.OffsetPreceding
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeOffsetFollowing:
		b.Kind = resolved.OffsetFollowing
	}
	return b
}

func (c *converter) orderItems(items []*gsql.ResolvedOrderByItem) []resolved.OrderItem {
	var list []resolved.OrderItem
	for _, item := range items {
		o := resolved.OrderItem{
			Column: c.column(must(must(item.ColumnRef()).Column())), Descending: must(item.IsDescending()),
		}
		if name := must(item.CollationName()); name != nil {
			own := *o.Column
			own.Type = types.Collated(own.Type, c.collationOf(name))
			o.Column = &own
		}
		switch must(item.NullOrder()) {
		case gsql.ResolvedOrderByItemEnums_NullOrderModeNullsFirst:
			o.Nulls = resolved.NullsFirst
		case gsql.ResolvedOrderByItemEnums_NullOrderModeNullsLast:
			o.Nulls = resolved.NullsLast
		}
		list = append(list, o)
	}
	return list
}
