package snapshot

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/postgres"
)

//go:embed postgres/*.sql
var postgresFiles embed.FS

// statement is the text of a file of the folder postgres.
func statement(name string) string {
	text, err := postgresFiles.ReadFile("postgres/" + name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("snapshot: %v", err))
	}
	return strings.TrimSpace(string(text))
}

// Postgres is the Store over the schema analytics of a PostgreSQL database.
//
// A snapshot is one read-only transaction, whose statements see the same instant. Where
// nothing at all has been written since the last one, nothing is read. Where no pass and no
// step has ended since, the tables of the results are as they were, and only what is live
// is read, with the reports of the logs.
//
// It is a Waker: ingest and the passes notify it.
type Postgres struct {
	pool     *pgxpool.Pool
	election string
	topics   Topics
	*listener

	mu      sync.Mutex // held by a Snapshot from begin to end
	checked bool       // the schema has the version of this program
	seen    seen       // at the last read
	changes *Changes   // of the last read
	memory
}

// NewPostgres returns a Store that queries through pool; certifications are those of the
// election with this id. The pool stays the caller's to close, after the Store if that was
// asked to Wake.
func NewPostgres(pool *pgxpool.Pool, election string, topics Topics, log *slog.Logger) *Postgres {
	return &Postgres{pool: pool, election: election, topics: topics, listener: newListener(pool, log)}
}

// Snapshot implements Store.
func (p *Postgres) Snapshot(ctx context.Context) (*Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.checkVersion(ctx); err != nil {
		return nil, err
	}
	now := time.Now()
	var s *Snapshot
	err := pgx.BeginTxFunc(ctx, p.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var err error
		s, err = p.read(ctx, tx, now)
		return err
	})
	switch {
	case postgres.NoTables(err):
		return nil, fmt.Errorf("read the analytics tables: %w: %w", ErrNoTables, err)
	case err != nil:
		return nil, fmt.Errorf("read the analytics tables: %w", postgres.Explain(err))
	}
	return s, nil
}

// checkVersion looks once whether the schema is the one that this program knows. Without
// one nothing has been counted.
func (p *Postgres) checkVersion(ctx context.Context) error {
	if p.checked {
		return nil
	}
	err := postgres.CheckVersion(ctx, p.pool)
	var version *postgres.VersionError
	if errors.As(err, &version) && version.Have == 0 {
		return fmt.Errorf("%w: %w", ErrNoTables, err)
	}
	p.checked = err == nil
	return err
}

// seen is what a transaction sees, so that two can be compared.
type seen struct {
	instant    string     // empty where it isn't known
	pass, step *time.Time // starts of the last ones
}

// settled reports whether two transactions see the same pass and step.
func (s seen) settled(other seen) bool {
	same := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	return same(s.pass, other.pass) && same(s.step, other.step)
}

// read reads what has changed since the last read.
func (p *Postgres) read(ctx context.Context, tx pgx.Tx, now time.Time) (*Snapshot, error) {
	var sees seen
	if err := tx.QueryRow(ctx, statement("seen")).Scan(&sees.instant, &sees.pass, &sees.step); err != nil {
		return nil, err
	}
	whole := p.whole(now)
	known := !whole && !p.lags(now) // what can be known of the tables without reading them
	if known && sees.instant != "" && sees.instant == p.seen.instant {
		return p.live, nil
	}
	var s Snapshot
	var from time.Time
	batch := &pgx.Batch{}
	settled := known && sees.settled(p.seen)
	if settled {
		s = *p.last
	} else {
		var err error
		if from, err = p.minutesFrom(now, whole, func() (at time.Time, err error) {
			return at, tx.QueryRow(ctx, statement("newest")).Scan(&at)
		}); err != nil {
			return nil, err
		}
		queueTables(batch, &s, from)
	}
	queueFacts(batch, &s, p.election)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	if !settled {
		s.sort()
	}
	changes, err := liveChanges(ctx, tx, p.topics.bounds(&s, s.Logs))
	if err != nil {
		return nil, err
	}
	before := p.live
	if settled && reflect.DeepEqual(changes, p.changes) && reflect.DeepEqual(s.Logs, before.Logs) && reflect.DeepEqual(s.Certified, before.Certified) {
		p.seen = sees
		return before, nil
	}
	p.seen, p.changes = sees, changes
	if settled {
		p.last, p.live = &s, s.with(changes)
		return p.live, nil
	}
	return p.keep(&s, changes, from, now, whole), nil
}
