package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// sessionize is RANGE_SESSIONIZE. In the order of their ranges, a row begins a session of its
// partition unless its range begins before all of those before it have ended.
func (t *translator) sessionize(s *resolved.Sessionize) *relation {
	r := t.renamed(t.scan(s.Input), s.From, func(i int) string { return fmt.Sprintf("s%d", i) })
	in := t.sql(r)
	key := fmt.Sprintf("s%d IS NULL", s.Range)
	for _, i := range s.Partition {
		key += fmt.Sprintf(", s%d", i)
	}
	column, typ := fmt.Sprintf("s%d", s.Range), s.From[s.Range].Type
	start, end := bound(column, "start"), bound(column, "end")
	meets := ">="
	if s.Overlaps {
		meets = ">"
	}
	order := fmt.Sprintf("PARTITION BY %s ORDER BY %s, %s ROWS BETWEEN UNBOUNDED PRECEDING AND", key, start, end)
	begins := fmt.Sprintf("SELECT *, CASE WHEN max(%s) OVER (%s 1 PRECEDING) %s %s THEN 0 ELSE 1 END AS begins FROM (%s)", end, order, meets, start, in)
	numbered := fmt.Sprintf("SELECT *, sum(begins) OVER (%s CURRENT ROW) AS session FROM (%s)", order, begins)
	over := " OVER (PARTITION BY " + key + ", session)"
	session := ducksql.Cast(ducksql.Bounds("min("+start+")"+over, "max("+end+")"+over), typ)
	sql := fmt.Sprintf("SELECT *, CASE WHEN %s IS NULL THEN NULL ELSE %s END AS s%d FROM (%s)", column, session, len(s.From), numbered)
	alias := t.alias()
	items := make([]item, len(s.Columns()))
	for i, c := range s.Columns() {
		items[i] = t.newItem(c, fmt.Sprintf("%s.s%d", alias, s.Indexes[i]))
	}
	return t.from("("+sql+") AS "+alias, items)
}

// bound is a bound of a RANGE as DuckDB has it.
func bound(x, key string) string {
	return fmt.Sprintf("struct_extract(%s, '%s')", x, key)
}
