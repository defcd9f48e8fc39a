package translate

import (
	"fmt"

	gsql "github.com/goccy/go-googlesql"
)

func (t *translator) subquery(e *gsql.ResolvedSubqueryExpr) string {
	// Conditions inside a subquery filter its own scans, those around it don't.
	outer := t.condition
	t.condition = 0
	defer func() { t.condition = outer }()
	scan := must(e.Subquery())
	switch must(e.SubqueryType()) {
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeScalar:
		return "(" + t.positional(scan) + ")"
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeExists:
		return "EXISTS (" + t.scanSQL(scan) + ")"
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeIn:
		t.condition = outer
		in := t.expr(must(e.InExpr()))
		t.condition = 0
		return fmt.Sprintf("(%s IN (%s))", in, t.positional(scan))
	case gsql.ResolvedSubqueryExprEnums_SubqueryTypeArray:
		return t.arraySubquery(scan)
	default:
		unsupported("LIKE ANY or LIKE ALL with a subquery")
		return ""
	}
}

// arraySubquery collects a subquery's column. The order, and the limit, move
// into the aggregate, because DuckDB keeps no order below one that it
// decorrelates.
func (t *translator) arraySubquery(scan gsql.ResolvedScanNode) string {
	column := scanColumns(scan)[0]
	slice, order := "", ""
	if l, ok := scan.(*gsql.ResolvedLimitOffsetScan); ok {
		if _, ordered := must(l.InputScan()).(*gsql.ResolvedOrderByScan); ordered {
			slice = t.slice(l)
			scan = must(l.InputScan())
		}
	}
	if o, ok := scan.(*gsql.ResolvedOrderByScan); ok {
		in := t.scanSQL(must(o.InputScan()))
		order = " ORDER BY " + t.orderItems(must(o.OrderByItemList()))
		return fmt.Sprintf("coalesce((SELECT list(%s%s) FROM (%s))%s, [])", t.column(column), order, in, slice)
	}
	in := t.scanSQL(scan)
	return fmt.Sprintf("coalesce((SELECT list(%s) FROM (%s)), [])", t.column(column), in)
}

// slice is LIMIT and OFFSET as a slice of a list.
func (t *translator) slice(l *gsql.ResolvedLimitOffsetScan) string {
	offset := "0"
	if o := must(l.Offset()); o != nil {
		offset = t.expr(o)
	}
	limit := must(l.Limit())
	if limit == nil {
		return fmt.Sprintf("[%s + 1:]", offset)
	}
	return fmt.Sprintf("[%s + 1:%s + %s]", offset, offset, t.expr(limit))
}
