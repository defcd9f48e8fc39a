package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (t *translator) subquery(e *resolved.Subquery) string {
	// Conditions inside a subquery filter its own scans, those around it don't.
	outer := t.condition
	t.condition = 0
	t.shared.subqueries++
	defer func() { t.condition = outer }()
	scan := e.Scan
	switch e.Kind {
	case resolved.ScalarSubquery:
		return "(" + t.positional(scan) + ")"
	case resolved.ExistsSubquery:
		return "EXISTS (" + t.scanSQL(scan) + ")"
	case resolved.InSubquery:
		t.condition = outer
		in := t.expr(e.In)
		t.condition = 0
		return fmt.Sprintf("(%s IN (%s))", in, t.positional(scan))
	case resolved.ArraySubquery:
		return t.arraySubquery(scan)
	default:
		bqerror.Refuse("LIKE ANY or LIKE ALL with a subquery")
		return ""
	}
}

// arraySubquery collects a subquery's column. The order, and the limit, move
// into the aggregate, because DuckDB keeps no order below one that it
// decorrelates.
func (t *translator) arraySubquery(scan resolved.Scan) string {
	column := scan.Columns()[0]
	slice, order := "", ""
	if l, ok := scan.(*resolved.Limit); ok {
		if _, ordered := l.Input.(*resolved.OrderBy); ordered {
			slice = t.slice(l)
			scan = l.Input
		}
	}
	if o, ok := scan.(*resolved.OrderBy); ok {
		in := t.scanSQL(o.Input)
		order = " ORDER BY " + t.orderItems(o.Items)
		return fmt.Sprintf("coalesce((SELECT list(%s%s) FROM (%s))%s, [])", t.column(column), order, in, slice)
	}
	in := t.scanSQL(scan)
	return fmt.Sprintf("coalesce((SELECT list(%s) FROM (%s)), [])", t.column(column), in)
}

// slice is LIMIT and OFFSET as a slice of a list.
func (t *translator) slice(l *resolved.Limit) string {
	offset := "0"
	if o := l.Offset; o != nil {
		offset = t.expr(o)
	}
	limit := l.Limit
	if limit == nil {
		return fmt.Sprintf("[%s + 1:]", offset)
	}
	return fmt.Sprintf("[%s + 1:%s + %s]", offset, offset, t.expr(limit))
}
