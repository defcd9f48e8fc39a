package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// AsOf calls read with what a table was at a time: its definition, and a query of DuckDB for
// its stored columns. The query has the rows in the order in which they were inserted. Nothing
// changes until read returns. t is the present table of that name, nil for none.
func (h *History) AsOf(ctx context.Context, ref catalog.Ref, t *catalog.Table, at time.Time, read func(was *catalog.Table, query string) error) error {
	if err := h.check(ref, t, at); err != nil {
		return err
	}
	h.kept.RLock()
	defer h.kept.RUnlock()
	micros := at.UnixMicro()
	if t == nil {
		v := covering(h.named(ref), micros)
		if v == nil {
			return bqerror.NotFound("Table", ref.String())
		}
		return h.readVersion(ctx, v, micros, read)
	}
	l := h.line(t)
	l.Lock()
	defer l.Unlock()
	if micros >= l.since {
		live := l.version(t, 0)
		live.relation = t.Physical()
		return h.readVersion(ctx, live, micros, read)
	}
	if v := covering(append(h.named(ref), l.past...), micros); v != nil {
		return h.readVersion(ctx, v, micros, read)
	}
	if micros < t.Resource.CreationTime*1000 {
		return before(ref, at, t.Resource.CreationTime)
	}
	return h.unknown(ref, at)
}

// unknown refuses what isn't kept.
func (h *History) unknown(ref catalog.Ref, at time.Time) error {
	return bqerror.Unsupported("Reading the table %s as of %s, which isn't kept any more (a table has copies of what it was before %d changes at once, "+
		"and one more each minute, of up to %d MiB each),", ref, at.UTC().Format(time.RFC3339Nano), burst, maxTable>>20)
}

// check refuses what BigQuery does.
func (h *History) check(ref catalog.Ref, t *catalog.Table, at time.Time) error {
	now := h.now()
	if at.After(now) {
		return bqerror.Query("Invalid time travel timestamp %d for table %s@%d. Cannot read in the future.", at.UnixMilli(), ref, at.UnixMilli())
	}
	first := now.Add(-h.window(ref.DatasetRef())).UnixMilli()
	if at.UnixMilli() < first {
		if t != nil {
			first = max(first, t.Resource.CreationTime)
		}
		return before(ref, at, first)
	}
	return nil
}

func before(ref catalog.Ref, at time.Time, first int64) error {
	return bqerror.Query("Invalid time travel timestamp %d for table %s@%d. Cannot read before %d.", at.UnixMilli(), ref, at.UnixMilli(), first)
}

// covering is the version that a table had at a time; nil for none.
func covering(versions []*Version, micros int64) *Version {
	for _, v := range slices.Backward(versions) {
		if v.relation != "" && v.From <= micros && micros < v.Until {
			return v
		}
	}
	return nil
}

// named are the kept versions of tables that had a name, the oldest first. The caller holds a
// read lock of h.kept.
func (h *History) named(ref catalog.Ref) (list []*Version) {
	for _, v := range h.kept.versions {
		if v.Table.Ref == ref {
			list = append(list, v)
		}
	}
	slices.SortStableFunc(list, func(a, b *Version) int { return int(min(max(a.From-b.From, -1), 1)) })
	return list
}

// readVersion reads the rows that a version had at a time.
func (h *History) readVersion(ctx context.Context, v *Version, micros int64, read func(*catalog.Table, string) error) error {
	n, err := h.rows(ctx, v)
	if err != nil {
		return err
	}
	for _, a := range v.appends {
		if a.at > micros {
			n -= a.rows
		}
	}
	return read(v.Table, fmt.Sprintf("SELECT %s FROM %s ORDER BY rowid LIMIT %d", strings.Join(v.Table.StoredNames(), ", "), v.relation, n))
}

// rows counts all rows of a version.
func (h *History) rows(ctx context.Context, v *Version) (n int64, err error) {
	if err := h.db.QueryRowContext(ctx, "SELECT count(*) FROM "+v.relation).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", v.Table.Ref, err)
	}
	return n, nil
}

// Definitions are what a table was before, with other columns than it has now, the latest
// first.
func (h *History) Definitions(t *catalog.Table) (list []*catalog.Table) {
	h.kept.RLock()
	defer h.kept.RUnlock()
	l := h.line(t)
	l.Lock()
	defer l.Unlock()
	for _, v := range slices.Backward(append(h.named(t.Ref), l.past...)) {
		known := slices.ContainsFunc(list, func(d *catalog.Table) bool { return sameColumns(d, v.Table) })
		if !known && !sameColumns(v.Table, t) {
			list = append(list, v.Table)
		}
	}
	return list
}
