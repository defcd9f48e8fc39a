package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/googleapis/gax-go/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// RawChannel is notified (LISTEN) of each transaction that appends to raw.
const RawChannel = "tallystream_raw"

// AnalyticsChannel is notified of each transaction that changes analytics, with PassPayload
// where it has settled records.
const (
	AnalyticsChannel = "tallystream_analytics"
	PassPayload      = "pass"
)

// EndIdle has the server end a transaction that hears nothing from its client for so long. A
// client that vanishes, with its machine say, closes no connection: what it has locked would
// stay locked until the server notices, two hours later by default (tcp_keepalives_idle).
const EndIdle = "SET LOCAL idle_in_transaction_session_timeout = '15s'"

// An Appender appends rows to the raw tables by COPY, those of one message in one
// transaction. Delivery is at least once: a commit whose answer was lost is tried again.
type Appender struct {
	pool   *pgxpool.Pool
	tables columns
	right  atomic.Bool // the schema has the version of this program
	closed atomic.Bool

	// Added may be nil. It is called with the added columns of a table (see
	// warehouse.AddedColumn) when they are read and when they change.
	Added func(table string, columns []string)
}

// NewAppender returns an Appender to the database of a pool, which Close closes.
func NewAppender(pool *pgxpool.Pool) *Appender {
	return &Appender{pool: pool}
}

// AtATime is how many appends are under way at a time, each on a connection. Others wait.
func (a *Appender) AtATime() int { return int(a.pool.Config().MaxConns) }

// Close closes the connections. Appends under way end first.
func (a *Appender) Close() error {
	a.closed.Store(true)
	a.pool.Close()
	return nil
}

// A batch is what is copied into one table.
type batch struct {
	table *rawTable
	rows  int
	write func(r *row, i int, added []warehouse.AddedColumn) // writes row i
}

// batches returns what rows are copied, by table.
func batches(rows *warehouse.Rows) []batch {
	at := rows.IngestedAt
	all := []batch{
		{&rawVotes, len(rows.Votes), func(r *row, i int, added []warehouse.AddedColumn) {
			v := &rows.Votes[i]
			r.begin(len(rawVotes.columns) + len(added))
			r.origin(&v.Origin, at)
			r.vote(v)
			r.added(added, v.Record)
		}},
		{&rawVoters, len(rows.Voters), func(r *row, i int, added []warehouse.AddedColumn) {
			v := &rows.Voters[i]
			r.begin(len(rawVoters.columns) + len(added))
			r.origin(&v.Origin, at)
			r.voter(v)
			r.added(added, v.Record)
		}},
		{&rawRejects, len(rows.Rejects), func(r *row, i int, _ []warehouse.AddedColumn) {
			v := &rows.Rejects[i]
			r.begin(len(rawRejects.columns))
			r.origin(&v.Origin, at)
			r.reject(v)
		}},
		{&rawLogEnds, len(rows.LogEnds), func(r *row, i int, _ []warehouse.AddedColumn) {
			r.begin(len(rawLogEnds.columns))
			r.logEnd(&rows.LogEnds[i], at)
		}},
	}
	var some []batch
	for _, b := range all {
		if b.rows > 0 {
			some = append(some, b)
		}
	}
	return some
}

// added writes the added columns of a row.
func (r *row) added(columns []warehouse.AddedColumn, record []byte) {
	if len(columns) == 0 {
		return
	}
	for _, v := range warehouse.AddedValues(columns, record) {
		r.value(v)
	}
}

// appendTries is how often an append is tried. With the pauses between the tries that
// takes about six seconds; then Pub/Sub delivers the message again.
const appendTries = 10

// Append appends all rows and returns nil once they are committed. After an error they
// may have been.
//
// The error wraps warehouse.ErrTableMissing or warehouse.ErrColumnMissing, or is a
// *warehouse.RefusedError or a *VersionError. Any other error means that the account may not
// append, or that the server couldn't take the rows before ctx ended or the tries were used
// up. If ctx has ended in a try, it says what kept the one before from succeeding.
func (a *Appender) Append(ctx context.Context, rows *warehouse.Rows) error {
	all := batches(rows)
	if len(all) == 0 {
		return ctx.Err()
	}
	pause := gax.Backoff{Initial: 100 * time.Millisecond, Max: 2 * time.Second, Multiplier: 2}
	var before error // of the last try
	for try := 1; ; try++ {
		err := a.try(ctx, all)
		if table := withoutPartition(err); table != "" {
			_, err = a.pool.Exec(ctx, "SELECT raw.ensure_partition($1, $2)", table, rows.IngestedAt)
			if err == nil {
				continue
			}
		}
		if err == nil {
			return nil
		}
		again := transient(err)
		err = classify(err)
		if ctx.Err() != nil && before != nil {
			err = fmt.Errorf("%w (after %w)", err, before)
		}
		if !again || try >= appendTries || ctx.Err() != nil || a.closed.Load() {
			return fmt.Errorf("append to raw: %w", err)
		}
		if ended := gax.Sleep(ctx, pause.Pause()); ended != nil {
			return fmt.Errorf("append to raw: %w (after %w)", ended, err)
		}
		before = err
	}
}

// try appends all rows in one transaction.
func (a *Appender) try(ctx context.Context, all []batch) error {
	conn, err := a.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if !a.right.Load() {
		if err := checkVersion(ctx, conn); err != nil {
			return err
		}
		a.right.Store(true)
	}
	added, err := a.tables.of(ctx, conn.Conn(), a.Added)
	if err != nil {
		return err
	}
	c := conn.Conn().PgConn()
	if err := c.Exec(ctx, "BEGIN; "+EndIdle).Close(); err != nil {
		return err
	}
	for _, b := range all {
		if err := copyInto(ctx, c, b, added[b.table.name]); err != nil {
			a.tables.forget()
			// A connection whose transaction isn't ended is closed when it is released.
			return errors.Join(err, c.Exec(context.WithoutCancel(ctx), "ROLLBACK").Close())
		}
	}
	return c.Exec(ctx, "NOTIFY "+RawChannel+"; COMMIT").Close()
}

// copyInto copies rows into one table. They are written while they are sent: a text of all
// of them would take as much memory as the rows.
func copyInto(ctx context.Context, c *pgconn.PgConn, b batch, added []warehouse.AddedColumn) error {
	names := make([]string, 0, len(b.table.columns)+len(added))
	names = append(names, b.table.columns...)
	for _, column := range added {
		names = append(names, pgx.Identifier{column.Name}.Sanitize())
	}
	rows := newCopyReader(b.rows, func(r *row, i int) { b.write(r, i, added) })
	_, err := c.CopyFrom(ctx, rows, "COPY raw."+b.table.name+" ("+strings.Join(names, ", ")+") FROM STDIN BINARY")
	return err
}
