package history

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var _ catalog.Past = (*History)(nil)

// Copy is the rows of a table before a change.
type Copy struct {
	relation string
	bytes    int64
	seen     int64    // the number of the last commit that the copy is sure to have
	kept     *Version // of the line, nil until it is committed
}

// executor is a transaction or a connection.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Seen numbers the last commit. It is asked for before a transaction begins.
func (h *History) Seen() int64 { return h.commits.Load() }

// Copy copies the rows of a table in the transaction that is about to change them, which
// began after seen; nil where the limits don't let it. DuckDB keeps their order. Close must be called when the
// transaction has ended.
func (h *History) Copy(ctx context.Context, tx executor, t *catalog.Table, seen int64) (*Copy, error) {
	l := h.line(t)
	if !l.may(h.now().UnixMicro()) {
		return nil, nil
	}
	bytes, err := h.size(ctx, tx, t)
	if err != nil || bytes > maxTable {
		return nil, err
	}
	c := &Copy{relation: fmt.Sprintf("%s.c%d", schema, h.copies.Add(1)), bytes: bytes, seen: seen}
	if _, err := tx.ExecContext(ctx, "CREATE TABLE "+c.relation+" AS SELECT * FROM "+t.Physical()); err != nil {
		return nil, fmt.Errorf("copy the rows of %s before they change: %w", t.Ref, err)
	}
	return c, nil
}

func (h *History) size(ctx context.Context, tx executor, t *catalog.Table) (int64, error) {
	var rows int64
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()).Scan(&rows); err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", t.Ref, err)
	}
	return rows * max(1, types.RowBytes(t.Columns)), nil
}

// Close ends a copy whose transaction has ended: it is kept, or goes. A nil Copy is none.
func (h *History) Close(c *Copy) {
	switch {
	case c == nil:
	case c.kept != nil:
		h.keep(c.kept)
	default: // it isn't there if the transaction was rolled back
		_, _ = h.db.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+c.relation)
	}
}

// keep counts a version, and lets the oldest go beyond the limits.
func (h *History) keep(v *Version) {
	h.kept.Lock()
	defer h.kept.Unlock()
	h.kept.versions = append(h.kept.versions, v)
	h.kept.bytes += v.bytes
	first, gone := h.now().Add(-longest).UnixMicro(), 0
	for _, old := range h.kept.versions {
		if h.kept.bytes <= maxBytes && old.Until > first {
			break
		}
		gone++
		h.kept.bytes -= old.bytes
		_, _ = h.db.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+old.relation) // the next start drops it otherwise
		old.relation, old.appends = "", nil
	}
	h.kept.versions = append([]*Version(nil), h.kept.versions[gone:]...)
}

// Retires implements catalog.Past.
func (h *History) Retires(ctx context.Context, tx *sql.Tx, t *catalog.Table) bool {
	bytes, err := h.size(ctx, tx, t)
	return err == nil && bytes <= maxRetired
}

// Retire implements catalog.Past.
func (h *History) Retire(t *catalog.Table) {
	l := h.line(t)
	l.Lock()
	v := l.version(t, h.now().UnixMicro())
	v.relation = t.Physical()
	l.past = append(l.past, v)
	l.gone = true
	l.Unlock()
	bytes, err := h.size(context.Background(), h.db, t)
	if err != nil {
		bytes = maxRetired
	}
	v.bytes = bytes
	h.keep(v)
}

// Held counts the tables of DuckDB that are kept.
func (h *History) Held() int {
	h.kept.RLock()
	defer h.kept.RUnlock()
	return len(h.kept.versions)
}
