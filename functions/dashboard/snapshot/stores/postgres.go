package stores

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/postgres"
)

// statement is the text of a statement of PostgreSQL.
func statement(name string) string { return postgreSQL.Text(name, nil) }

// Postgres is the snapshot.Store over the schema analytics of a PostgreSQL database.
//
// A snapshot is one read-only transaction, whose statements see the same instant. Where
// nothing at all has been written since the last one, nothing is read. Where no pass has
// ended since, the tables of the results are as they were, and only what is live is read,
// with the reports of the logs, and what is shown after a step.
//
// It is a snapshot.Waker: ingest and the passes notify it.
type Postgres struct {
	pool     *pgxpool.Pool
	election string
	topics   snapshot.Topics
	*listener
	checked atomic.Bool // the schema has the version of this program

	mu     sync.Mutex
	latest postgresReading // of the calls that have ended, the one that began last
}

// postgresReading is a reading, and what tells whether the next one may be small.
type postgresReading struct {
	reading
	seen         seen
	changes      *snapshot.Changes // what was live
	reportsAt    time.Time         // start of the last one that read reports
	allReportsAt time.Time         // start of the last one that read all reports of a day
}

// NewPostgres returns a Store that queries through pool; certifications are those of the
// election with this id. The pool stays the caller's to close, after the Store if that was
// asked to Wake.
func NewPostgres(pool *pgxpool.Pool, election string, topics snapshot.Topics, log *slog.Logger) *Postgres {
	return &Postgres{pool: pool, election: election, topics: topics, listener: newListener(pool, log)}
}

// Snapshot implements snapshot.Store.
func (p *Postgres) Snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	if err := p.checkVersion(ctx); err != nil {
		return nil, err
	}
	p.mu.Lock()
	r := p.latest
	p.mu.Unlock()
	r.began = time.Now()
	err := pgx.BeginTxFunc(ctx, p.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return p.look(ctx, tx, &r)
	})
	switch {
	case postgres.NoTables(err):
		return nil, fmt.Errorf("read the analytics tables: %w: %w", snapshot.ErrNoTables, err)
	case err != nil:
		return nil, fmt.Errorf("read the analytics tables: %w", postgres.Explain(err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.latest.began.Before(r.began) {
		p.latest = r
	}
	return r.live, nil
}

// checkVersion looks once whether the schema is the one that this program knows. Without
// one nothing has been counted.
func (p *Postgres) checkVersion(ctx context.Context) error {
	if p.checked.Load() {
		return nil
	}
	err := postgres.CheckVersion(ctx, p.pool)
	var version *postgres.VersionError
	if errors.As(err, &version) && version.Have == 0 {
		return fmt.Errorf("%w: %w", snapshot.ErrNoTables, err)
	}
	p.checked.Store(err == nil)
	return err
}

// seen is what a transaction sees, so that two can be compared.
type seen struct {
	instant    string     // empty where it isn't known
	pass, step *time.Time // starts of the last ones
}

// same reports whether two times that may be NULL are equal.
func same(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// look reads what has changed since a reading, which it brings up to date.
func (p *Postgres) look(ctx context.Context, tx pgx.Tx, r *postgresReading) error {
	var sees seen
	if err := tx.QueryRow(ctx, statement("seen")).Scan(&sees.instant, &sees.pass, &sees.step); err != nil {
		return err
	}
	whole := r.whole(r.began)
	known := !whole && !r.lags(r.began) // what can be known of the tables without reading them
	if known && sees.instant != "" && sees.instant == r.seen.instant {
		return nil
	}
	change := none
	switch {
	case !known || !same(sees.pass, r.seen.pass):
		change = pass
	case !same(sees.step, r.seen.step):
		change = step
	}
	s, from, err := r.readSettled(ctx, tx, change, whole)
	if err != nil {
		return err
	}
	if err := r.readReports(ctx, tx, &s); err != nil {
		return err
	}
	if err := readCertification(ctx, tx, &s, p.election); err != nil {
		return err
	}
	changes, within := r.changes, boundsOf(p.topics, &s, s.Logs, time.Time{}, r.backlog())
	if change == pass || within.until.Equal(forever) { // else what is added of a backlog is still the same
		if changes, err = liveChanges(ctx, tx, within); err != nil {
			return err
		}
	}
	r.seen = sees
	switch {
	case change == pass:
		r.keep(&s, changes, from, whole)
	case change == step || !reflect.DeepEqual(changes, r.changes) || !reflect.DeepEqual(s.Logs, r.live.Logs) || !reflect.DeepEqual(s.Certified, r.live.Certified):
		r.last, r.live = &s, s.With(changes)
	}
	r.changes = changes
	return nil
}

// backlog is what the next reading adds over a large one: what this reading has, so that no
// figure falls back behind what was shown.
func (r *postgresReading) backlog() backlog {
	if r.live == nil || r.live.LastIngested().IsZero() {
		return backlog{postgres.MostLive, never}
	}
	return backlog{postgres.MostLive, r.live.LastIngested().Add(time.Microsecond)}
}

// change is what has changed in the tables of the results since a reading.
type change int

const (
	none change = iota
	step        // what is shown by candidate
	pass        // all of them, as far as is known
)

// readSettled returns what is settled: of the reading, or read anew where it has changed.
// from is the minute from which minutes were read.
func (r *postgresReading) readSettled(ctx context.Context, tx pgx.Tx, c change, whole bool) (s snapshot.Snapshot, from time.Time, err error) {
	switch c {
	case none:
		s = *r.last
	case step:
		s = *r.last
		err = readShown(ctx, tx, &s)
	case pass:
		from, err = r.minutesFrom(whole, func() (at time.Time, err error) {
			return at, tx.QueryRow(ctx, statement("newest")).Scan(&at)
		})
		if err == nil {
			err = readTables(ctx, tx, &s, from)
		}
	}
	return s, from, err
}
