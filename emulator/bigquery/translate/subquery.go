package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
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
		if x := t.bare(scan); x != "" {
			return x
		}
		return "(" + t.positional(scan) + ")"
	case resolved.ExistsSubquery:
		return "EXISTS (" + t.scanSQL(scan) + ")"
	case resolved.InSubquery:
		t.condition = outer
		in := t.expr(e.In)
		t.condition = 0
		return t.inSubquery(in, types.Collated(e.In.Type(), e.Collation), scan)
	case resolved.ArraySubquery:
		return t.arraySubquery(scan)
	default:
		t.condition = outer
		in := t.expr(e.In)
		t.condition = 0
		return t.likeSubquery(e, in)
	}
}

// likeSubquery is LIKE with the patterns of a subquery. All are like it where none isn't.
func (t *translator) likeSubquery(e *resolved.Subquery, x string) string {
	if e.Collation != "" {
		bqerror.Refuse("LIKE of texts with a collation and a subquery")
	}
	query := t.positional(e.Scan)
	like := operators.Like(x, t.number(e.Scan.Columns()[0].ID), e.In.Type())
	none := ""
	switch e.Kind {
	case resolved.LikeAllSubquery:
		none, like = "NOT ", "(NOT "+like+")"
	case resolved.NotLikeAnySubquery:
		like = "(NOT " + like + ")"
	case resolved.NotLikeAllSubquery:
		none = "NOT "
	}
	return fmt.Sprintf("(%[1]s(SELECT CASE WHEN bool_or(%[2]s) THEN TRUE WHEN count(*) > count(%[2]s) THEN NULL ELSE FALSE END FROM (%[3]s)))", none, like, query)
}

// bare is the expression of a subquery (SELECT x), which is computed where it stands: in a branch of CASE that isn't taken, it
// isn't. It is "" for any other subquery, and for one whose values differ from call to call.
func (t *translator) bare(scan resolved.Scan) string {
	project, ok := scan.(*resolved.Project)
	if !ok || len(project.Exprs) != 1 || len(project.Columns()) != 1 {
		return ""
	}
	if _, single := project.Input.(*resolved.SingleRow); !single {
		return ""
	}
	volatile := t.shared.volatile
	if x := t.expr(project.Exprs[0].Expr); t.shared.volatile == volatile {
		return ducksql.Cast("("+x+")", project.Exprs[0].Expr.Type())
	}
	return ""
}

// inSubquery is IN with a subquery. No value equals a NaN, which stands beside a 1 where all others stand beside a 0, and a
// STRUCT is compared field by field.
func (t *translator) inSubquery(x string, typ *types.Type, scan resolved.Scan) string {
	query, name := t.positional(scan), t.number(scan.Columns()[0].ID)
	switch {
	case typ.Kind == types.Float64:
		return fmt.Sprintf("(nullif([%[1]s, 0.0::DOUBLE], [NULL::DOUBLE, 0.0::DOUBLE]) IN (SELECT CASE WHEN %[2]s IS NOT NULL THEN [%[2]s, CAST(isnan(%[2]s) AS DOUBLE)] END FROM (%[3]s)))", x, name, query)
	case typ.Kind != types.Struct && operators.Keyed(typ):
		return fmt.Sprintf("(%s IN (SELECT %s FROM (%s)))", operators.Key(x, typ), operators.Key(name, typ), query)
	case typ.Kind == types.Struct:
		equal := operators.Equal(x, name, typ)
		return fmt.Sprintf("(SELECT CASE WHEN bool_or(%[1]s) THEN TRUE WHEN count(*) > count(%[1]s) THEN NULL ELSE FALSE END FROM (%[2]s))", equal, query)
	}
	return fmt.Sprintf("(%s IN (%s))", x, query)
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
		offset = t.count(o)
	}
	limit := l.Limit
	if limit == nil {
		return fmt.Sprintf("[%s + 1:]", offset)
	}
	return fmt.Sprintf("[%s + 1:%s + %s]", offset, offset, t.count(limit))
}
