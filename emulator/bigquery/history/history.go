// Package history keeps what tables were before they changed, as far as that is cheap.
//
// Rows that are only appended to need no copy: DuckDB numbers them in the order of their
// commits, so the first so many rows are what the table was. A change that rewrites rows
// copies them before, and a table that is dropped or replaced stays, within the limits below.
// What isn't kept is a gap: whoever asks for it is refused. Nothing is kept over a restart.
package history

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// longest is how far back BigQuery reads, unless a dataset says maxTimeTravelHours
// (https://cloud.google.com/bigquery/docs/time-travel).
const longest = 7 * 24 * time.Hour

// window is how far back the tables of a dataset are read.
func (h *History) window(ref catalog.DatasetRef) time.Duration {
	if d, err := h.catalog.Dataset(ref); err == nil && d.Resource.MaxTimeTravelHours > 0 {
		return time.Duration(d.Resource.MaxTimeTravelHours) * time.Hour
	}
	return longest
}

// The limits of what is kept. A table that changes all the time soon has no copies left to
// make, and costs nothing.
const (
	maxBytes   = 256 << 20 // of all copies, by BigQuery's sizes of types
	maxTable   = 8 << 20   // of one copy
	maxRetired = 64 << 20  // of a table that was dropped or replaced, which isn't copied
	burst      = 20        // copies of a table at once
	refill     = time.Minute
	maxAppends = 1 << 16 // of a table, each 16 bytes
)

// History is the past of all tables of a database. It is safe for concurrent use.
type History struct {
	db      *sql.DB
	catalog *catalog.Catalog
	now     func() time.Time
	opened  int64 // µs; what was before isn't known

	commits atomic.Int64 // numbers them
	copies  atomic.Int64 // numbers them
	lines   sync.Map     // table id → *line

	kept struct {
		sync.RWMutex // shared by those who read what is kept
		versions     []*Version
		bytes        int64
	}
}

// schema holds the copies.
const schema = "past"

// Open starts the history of a database: what an earlier one kept goes, and so do tables
// that the catalog doesn't know.
func Open(ctx context.Context, db *sql.DB, c *catalog.Catalog, now func() time.Time) (*History, error) {
	h := &History{db: db, catalog: c, now: now, opened: now().UnixMicro()}
	known := map[string]bool{}
	for _, d := range c.Datasets("") {
		for _, t := range d.Tables() {
			known[t.Name()] = true
		}
	}
	rows, err := db.QueryContext(ctx, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'data' AND database_name = current_database()")
	if err != nil {
		return nil, fmt.Errorf("look for tables that were dropped: %w", err)
	}
	defer rows.Close()
	drop := []string{"DROP SCHEMA IF EXISTS " + schema + " CASCADE", "CREATE SCHEMA " + schema}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("look for tables that were dropped: %w", err)
		}
		if !known[name] {
			drop = append(drop, "DROP TABLE data."+name)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for tables that were dropped: %w", err)
	}
	for _, statement := range drop {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("drop what an earlier run kept: %w", err)
		}
	}
	return h, nil
}

// line is the past of one table.
type line struct {
	sync.Mutex         // held over a commit of the table, and over a read of its past
	since      int64   // µs: since then rows were only appended to what was there
	made       bool    // the table was made then
	last       int64   // number of the last commit
	gone       bool    // the table was dropped
	appends    []added // since then
	past       []*Version
	tokens     float64 // copies that it may make
	filled     int64   // µs, when they were counted
}

// added is an append to a table.
type added struct {
	at   int64 // µs
	rows int64
}

// Stats are how many rows a change inserted, updated and deleted.
type Stats struct{ Inserted, Updated, Deleted int64 }

// Version is what a table was for some time.
type Version struct {
	Table       *catalog.Table
	From, Until int64 // µs: it was that from From until before Until

	relation string // of DuckDB, with all rows that it had in the end
	made     bool   // the table was made at From
	appends  []added
	end      *Stats // of the change at Until, nil where rows of the table can't have changed by it
	bytes    int64
}

// line is the past of a table, which begins with the table or the process.
func (h *History) line(t *catalog.Table) *line {
	if l, ok := h.lines.Load(t.ID); ok {
		return l.(*line)
	}
	made := t.Resource.CreationTime * 1000
	l, _ := h.lines.LoadOrStore(t.ID, &line{since: max(made, h.opened), made: made >= h.opened/1000*1000, tokens: burst, filled: h.now().UnixMicro()})
	return l.(*line)
}

// Make implements catalog.Past.
func (h *History) Make(t *catalog.Table) {
	h.kept.RLock()
	defer h.kept.RUnlock()
	l := h.line(t)
	l.Lock()
	defer l.Unlock()
	made := t.Resource.CreationTime * 1000
	if !l.made || l.since != made {
		return // it has another name
	}
	if slices.ContainsFunc(h.named(t.Ref), func(v *Version) bool { return v.Until > made }) {
		l.since = h.now().UnixMicro() // until then it was another table
	}
}

// Change is a change of a table's rows that is about to be committed.
type Change struct {
	Table *catalog.Table
	Stats
	// Rewrites says that rows were changed in another way than by appending Inserted.
	Rewrites bool
	Copy     *Copy // of the rows before, nil for none
}

// Commit commits changes and notes them. commit is DuckDB's, and nothing else.
func (h *History) Commit(commit func() error, changes ...Change) error {
	slices.SortFunc(changes, func(a, b Change) int { return int(a.Table.ID - b.Table.ID) })
	lines := make([]*line, len(changes))
	for i, c := range changes {
		lines[i] = h.line(c.Table)
		lines[i].Lock()
		defer lines[i].Unlock()
		if lines[i].gone {
			return bqerror.NotFound("Table", c.Table.Ref.String())
		}
	}
	if err := commit(); err != nil {
		return err
	}
	number, at := h.commits.Add(1), h.now().UnixMicro()
	for i, c := range changes {
		h.note(lines[i], c, number, at)
	}
	return nil
}

// note takes a committed change into a table's line.
func (h *History) note(l *line, c Change, number, at int64) {
	before := l.last
	switch {
	case !c.Rewrites && c.Inserted > 0:
		l.last = number
		l.appends = append(l.appends, added{at, c.Inserted})
		if len(l.appends) > maxAppends {
			half := len(l.appends) / 2
			l.since, l.made = l.appends[half-1].at, false
			l.appends = slices.Clone(l.appends[half:])
		}
	case c.Rewrites:
		l.last = number
		if c.Copy != nil && before <= c.Copy.seen {
			v := l.version(c.Table, at)
			v.relation, v.bytes, v.end = c.Copy.relation, c.Copy.bytes, &c.Stats
			l.past = append(l.past, v)
			c.Copy.kept = v
		}
		l.since, l.made, l.appends = at, false, nil
	}
}

// version is what the line has been since its last rewrite, until a time.
func (l *line) version(t *catalog.Table, until int64) *Version {
	return &Version{Table: t, From: l.since, Until: until, made: l.made, appends: l.appends}
}

// may takes the right to make a copy of a table.
func (l *line) may(now int64) bool {
	l.Lock()
	defer l.Unlock()
	l.tokens = math.Min(burst, l.tokens+float64(now-l.filled)/float64(refill.Microseconds()))
	l.filled = now
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}

// Decorator splits the time off the name of a table, name@ms: ms is since 1970, or before
// now where it is negative (https://cloud.google.com/bigquery/docs/access-historical-data).
func Decorator(ref catalog.Ref, now time.Time) (base catalog.Ref, at time.Time, decorated bool) {
	name, text, found := strings.Cut(ref.Table, "@")
	ms, err := strconv.ParseInt(text, 10, 64)
	if !found || err != nil {
		return ref, time.Time{}, false
	}
	ref.Table = name
	if ms < 0 {
		return ref, now.Add(time.Duration(ms) * time.Millisecond), true
	}
	return ref, time.UnixMilli(ms), true
}
