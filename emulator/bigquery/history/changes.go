package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Range is the time of changes, in µs: from From until before Until.
type Range struct{ From, Until int64 }

// Changes calls read with a query of DuckDB for the rows that were appended to a table in a
// range, or for all that changed, with resolved.ChangeType and ChangeTimestamp after their columns.
// Nothing changes until read returns.
func (h *History) Changes(ctx context.Context, t *catalog.Table, in Range, all bool, read func(query string) error) error {
	in.From = max(in.From, t.Resource.CreationTime*1000)
	if first := h.now().Add(-h.window(t.Ref.DatasetRef())); in.From < first.UnixMicro() {
		return before(t.Ref, time.UnixMicro(in.From), first.UnixMilli())
	}
	h.kept.RLock()
	defer h.kept.RUnlock()
	l := h.line(t)
	l.Lock()
	defer l.Unlock()
	live := l.version(t, 1<<62)
	live.relation = t.Physical()
	versions := slices.DeleteFunc(append(slices.Clone(l.past), live), func(v *Version) bool { return v.Until <= in.From || v.From >= in.Until })
	selects, err := h.changed(ctx, t, versions, in, all)
	if err != nil {
		return err
	}
	columns := columnList(t)
	selects = append([]string{fmt.Sprintf("SELECT %s, NULL::VARCHAR AS %s, NULL::TIMESTAMP AS %s FROM %s WHERE FALSE", columns, resolved.ChangeType, resolved.ChangeTimestamp, t.Physical())}, selects...)
	return read(strings.Join(selects, " UNION ALL "))
}

// changed are the queries for what changed in versions that follow one another.
func (h *History) changed(ctx context.Context, t *catalog.Table, versions []*Version, in Range, all bool) (selects []string, err error) {
	for i, v := range versions {
		known := i > 0 && v.From == versions[i-1].Until || i == 0 && v.From <= in.From
		if v.relation == "" || !known {
			return nil, h.unknown(t.Ref, time.UnixMicro(in.From))
		}
		if !sameColumns(v.Table, t) {
			return nil, bqerror.Unsupported("The changes of the table %s over a change of its columns", t.Ref)
		}
		n, err := h.rows(ctx, v)
		if err != nil {
			return nil, err
		}
		if q := appendsOf(v, n, in); q != "" {
			selects = append(selects, q)
		}
		if i+1 < len(versions) && v.end != nil {
			q, err := h.rewrite(ctx, v, versions[i+1], n, all)
			if err != nil {
				return nil, err
			}
			selects = append(selects, q...)
		}
	}
	return selects, nil
}

func sameColumns(a, b *catalog.Table) bool {
	return slices.EqualFunc(a.Columns, b.Columns, func(x, y types.Field) bool { return x.Name == y.Name && x.Type.String() == y.Type.String() })
}

func columnList(t *catalog.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.Quote(c.Name)
	}
	return strings.Join(names, ", ")
}

// base is how many of the rows of a version weren't appended since it began.
func (v *Version) base(rows int64) int64 {
	for _, a := range v.appends {
		rows -= a.rows
	}
	return rows
}

// appendsOf is the query for the rows that were appended to a version of so many rows; "" for
// none.
func appendsOf(v *Version, rows int64, in Range) string {
	var ranges []string
	next := v.base(rows)
	put := func(from, to, at int64) {
		if to > from && at >= in.From && at < in.Until {
			ranges = append(ranges, fmt.Sprintf("(%d, %d, %d)", from, to, at))
		}
	}
	if v.made {
		put(0, next, v.From)
	}
	for _, a := range v.appends {
		put(next, next+a.rows, a.at)
		next += a.rows
	}
	if len(ranges) == 0 {
		return ""
	}
	columns := columnList(v.Table)
	return fmt.Sprintf("SELECT %[1]s, 'INSERT', make_timestamp(_at) FROM (SELECT %[1]s, row_number() OVER (ORDER BY rowid) AS _number FROM %[2]s) "+
		"JOIN (VALUES %[3]s) AS _ranges(_from, _to, _at) ON _number > _from AND _number <= _to", columns, v.relation, strings.Join(ranges, ", "))
}

// rewrite are the queries for what a change did that made the next version of one of n rows.
// Which rows it changed is seen by what they are, so not every change can be told apart.
func (h *History) rewrite(ctx context.Context, v, next *Version, n int64, all bool) ([]string, error) {
	after, err := h.rows(ctx, next)
	if err != nil {
		return nil, err
	}
	after = next.base(after)
	columns := columnList(v.Table)
	was := fmt.Sprintf("SELECT %s FROM %s", columns, v.relation)
	is := fmt.Sprintf("SELECT %s FROM (SELECT * FROM %s ORDER BY rowid LIMIT %d)", columns, next.relation, after)
	lost, gained := fmt.Sprintf("(%s) EXCEPT ALL (%s)", was, is), fmt.Sprintf("(%s) EXCEPT ALL (%s)", is, was)
	s := v.end
	ambiguous := bqerror.Unsupported("The changes of the table %s by a statement that inserted %d rows, updated %d and deleted %d, which can't be told apart,",
		v.Table.Ref, s.Inserted, s.Updated, s.Deleted)
	switch {
	case s.Updated == 0 && s.Deleted == n && s.Inserted == after: // all rows are others
		lost, gained = was, is
	case !all && s.Inserted == 0:
		return nil, nil
	case s.Updated > 0 && (s.Inserted > 0 || s.Deleted > 0):
		return nil, ambiguous
	default:
		var l, g int64
		query := fmt.Sprintf("SELECT (SELECT count(*) FROM (%s)), (SELECT count(*) FROM (%s))", lost, gained)
		if err := h.db.QueryRowContext(ctx, query).Scan(&l, &g); err != nil {
			return nil, fmt.Errorf("compare versions of %s: %w", v.Table.Ref, err)
		}
		if l != s.Updated+s.Deleted || g != s.Updated+s.Inserted { // a row became what another was
			return nil, ambiguous
		}
	}
	change := func(rows, kind string) string {
		return fmt.Sprintf("SELECT %s, '%s', make_timestamp(%d) FROM (%s)", columns, kind, v.Until, rows)
	}
	var selects []string
	if s.Inserted > 0 {
		selects = append(selects, change(gained, "INSERT"))
	}
	if all && s.Updated > 0 {
		selects = append(selects, change(gained, "UPDATE"))
	}
	if all && s.Deleted > 0 {
		selects = append(selects, change(lost, "DELETE"))
	}
	return selects, nil
}
