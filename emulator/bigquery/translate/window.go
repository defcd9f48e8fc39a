package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// windows are the functions that exist only with an OVER clause.
var windows = map[string]func(a *aggregate) string{
	"row_number":   window("row_number"),
	"rank":         window("rank"),
	"dense_rank":   window("dense_rank"),
	"percent_rank": window("percent_rank"),
	"cume_dist":    window("cume_dist"),
	"ntile":        window("ntile"),
	"lag":          window("lag"),
	"lead":         window("lead"),
	"first_value":  window("first_value"),
	"last_value":   window("last_value"),
	"nth_value":    window("nth_value"),
}

// window calls a window function of DuckDB.
func window(name string) func(a *aggregate) string {
	return func(a *aggregate) string {
		args := strings.Join(a.args, ", ")
		if a.ignoreNulls {
			args += " IGNORE NULLS"
		}
		return name + "(" + args + ")" + a.over
	}
}

func (t *translator) analyticScan(s *gsql.ResolvedAnalyticScan) *relation {
	r := t.open(t.scan(must(s.InputScan())))
	var list []item
	for _, g := range must(s.FunctionGroupList()) {
		partition, order := "", ""
		if p := must(g.PartitionBy()); p != nil {
			partition = "PARTITION BY " + t.columnRefs(must(p.PartitionByList()))
		}
		var items []*gsql.ResolvedOrderByItem
		if o := must(g.OrderBy()); o != nil {
			items = must(o.OrderByItemList())
			order = " ORDER BY " + t.orderItems(items)
		}
		for _, c := range must(g.AnalyticFunctionList()) {
			e, ok := must(c.Expr()).(*gsql.ResolvedAnalyticFunctionCall)
			if !ok {
				unsupported("an analytic expression that isn't a function call")
			}
			list = append(list, t.newItem(must(c.Column()), t.analyticCall(e, partition, order, items)))
		}
	}
	return r.extended(list...)
}

func (t *translator) analyticCall(e *gsql.ResolvedAnalyticFunctionCall, partition, order string, items []*gsql.ResolvedOrderByItem) string {
	a := t.newAggregate(e.ResolvedNonScalarFunctionCallBase)
	frame := ""
	if f := must(e.WindowFrame()); f != nil && a.name != "percentile_cont" && a.name != "percentile_disc" {
		frame = " " + t.frame(f, items)
	}
	a.over = " OVER (" + partition + order + frame + ")"
	if f, ok := windows[a.name]; ok {
		return guarded(pinned(f(a), a.typ), a.safe)
	}
	if a.name == "count" && a.distinct && order != "" {
		unsupported("COUNT(DISTINCT) with an ordered window")
	}
	return a.translate()
}

// frame is the frame clause.
func (t *translator) frame(f *gsql.ResolvedWindowFrame, items []*gsql.ResolvedOrderByItem) string {
	unit := "ROWS"
	if must(f.FrameUnit()) == gsql.ResolvedWindowFrameEnums_FrameUnitRange {
		unit = "RANGE"
	}
	if unit == "RANGE" && len(items) == 1 {
		switch typeOf(must(must(must(items[0].ColumnRef()).Column()).Type())).Kind {
		case types.Int64, types.Float64, types.Numeric, types.BigNumeric:
		default:
			if t.hasOffset(must(f.StartExpr())) || t.hasOffset(must(f.EndExpr())) {
				unsupported("a RANGE frame with an offset over this type")
			}
		}
	}
	return fmt.Sprintf("%s BETWEEN %s AND %s", unit, t.bound(must(f.StartExpr())), t.bound(must(f.EndExpr())))
}

func (t *translator) hasOffset(e *gsql.ResolvedWindowFrameExpr) bool {
	return e != nil && must(e.Expression()) != nil
}

// bound is a boundary of a frame.
func (t *translator) bound(e *gsql.ResolvedWindowFrameExpr) string {
	if e == nil {
		return "CURRENT ROW"
	}
	switch must(e.BoundaryType()) {
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeUnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeUnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeOffsetPreceding:
		return t.expr(must(e.Expression())) + " PRECEDING"
	case gsql.ResolvedWindowFrameExprEnums_BoundaryTypeOffsetFollowing:
		return t.expr(must(e.Expression())) + " FOLLOWING"
	default:
		return "CURRENT ROW"
	}
}
