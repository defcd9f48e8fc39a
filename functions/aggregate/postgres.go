package aggregate

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/postgres"
)

// Postgres is the Warehouse on PostgreSQL. Its schemas have the names of
// shared/warehouse.
type Postgres struct {
	pool       *pgxpool.Pool
	date       any    // time.Time of the election, or nil
	candidates string // a JSON array of candidate
	regions    []string
	smallCell  int64
	checked    atomic.Bool // whether the schema has the right version
}

// NewPostgres returns the warehouse behind pool for one election.
func NewPostgres(pool *pgxpool.Pool, e *election.Election) *Postgres {
	w := &Postgres{pool: pool, regions: regionsOf(e), smallCell: e.SmallestGroup()}
	if !e.Date.IsZero() {
		w.date = e.Date.In(time.UTC)
	}
	text, err := json.Marshal(candidatesOf(e))
	if err != nil {
		panic(fmt.Sprintf("aggregate: %v", err)) // of texts
	}
	w.candidates = string(text)
	return w
}

// Progress implements Warehouse.
func (w *Postgres) Progress(ctx context.Context) ([]Partition, error) {
	if err := w.check(ctx); err != nil {
		return nil, err
	}
	rows, err := w.pool.Query(ctx, postgreSQL.statement("progress"))
	return partitions(rows, err)
}

// Fresh implements Warehouse.
func (w *Postgres) Fresh(ctx context.Context, floor time.Time) (fresh []Fresh, err error) {
	err = w.look(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, postgreSQL.statement("poll"), pgx.NamedArgs{"floor": floor})
		if err != nil {
			return err
		}
		fresh, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Fresh, err error) {
			return f, row.Scan(&f.Topic, &f.TopicID, &f.Partition, &f.Source, &f.Records, &f.FromOffset)
		})
		return err
	})
	return fresh, err
}

// Portion implements Warehouse.
func (w *Postgres) Portion(ctx context.Context, floor time.Time, most int64) (until time.Time, err error) {
	err = w.look(ctx, func(tx pgx.Tx) error {
		var at *time.Time
		err := tx.QueryRow(ctx, postgreSQL.statement("portion"), pgx.NamedArgs{"floor": floor, "most": most}).Scan(&at)
		if at != nil {
			until = at.UTC()
		}
		return err
	})
	return until, err
}

// Pass implements Warehouse.
func (w *Postgres) Pass(ctx context.Context, p Pass) (after []Partition, err error) {
	steps := adding(steps)
	if p.VotersFrom == math.MaxInt64 {
		steps = adding(withoutVoters())
	}
	err = w.work(ctx, lockAtOnce, notifyPass, func(tx pgx.Tx) error {
		after, err = run(ctx, tx, steps, w.Parameters(p))
		return err
	})
	return after, err
}

// StepShown implements Warehouse.
func (w *Postgres) StepShown(ctx context.Context, p Pass) error {
	return w.work(ctx, lockAtOnce, notifyShown, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, postgreSQL.statement("shown_live"), w.Parameters(p))
		return err
	})
}

// Rebuild implements Rebuilder. It waits for a pass that is under way. It ends with its
// caller, with an ID as without: a transaction of PostgreSQL ends with its connection. One
// that hasn't ended when its patience has changes nothing, and is an error.
func (w *Postgres) Rebuild(ctx context.Context, r Rebuild) (after []Partition, err error) {
	patient := ctx
	if r.ID != "" {
		var cancel context.CancelFunc
		patient, cancel = context.WithDeadline(ctx, r.Patience)
		defer cancel()
	}
	steps, parameters := rebuildAllSteps(), w.Parameters(Pass{Started: r.Started, Floor: beginning})
	if !r.All() {
		span := wholeHours(r.Range)
		steps, parameters["rebuild_from"], parameters["rebuild_to"] = rebuildSteps(), span.From, span.To
	}
	err = w.work(patient, lockPatiently, notifyPass, func(tx pgx.Tx) error {
		after, err = run(patient, tx, steps, parameters)
		return err
	})
	if err != nil && patient.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("it was given up after %s and has changed nothing: on PostgreSQL a rebuild takes one call, so ask for more seconds (%w)",
			time.Since(r.Started).Round(time.Second), err)
	}
	return after, err
}

// Parameters returns the parameters of the statements of a pass. Those that a pass sets
// while it runs are NULL.
func (w *Postgres) Parameters(p Pass) pgx.NamedArgs {
	if p.Until.IsZero() {
		p.Until = end
	}
	return pgx.NamedArgs{
		"started":         p.Started,
		"floor":           p.Floor,
		"until":           p.Until,
		"votes_from":      p.VotesFrom,
		"voters_from":     p.VotersFrom,
		"rejects_from":    p.RejectsFrom,
		"election_date":   w.date,
		"candidates":      w.candidates,
		"regions":         w.regions,
		"small_cell":      w.smallCell,
		"first_window":    nil,
		"end_window":      nil,
		"complete_before": nil,
		"election_day":    nil,
	}
}

// check returns an error if the schema isn't of this program's version. It asks until the
// answer was right once.
func (w *Postgres) check(ctx context.Context) error {
	if w.checked.Load() {
		return nil
	}
	if err := postgres.CheckVersion(ctx, w.pool); err != nil {
		return err
	}
	w.checked.Store(true)
	return nil
}

// partitions returns the rows of progress, unless they couldn't be had.
func partitions(rows pgx.Rows, err error) ([]Partition, error) {
	if err != nil {
		return nil, postgres.Explain(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Partition, err error) {
		err = row.Scan(&p.Topic, &p.TopicID, &p.Partition, &p.NextOffset, &p.RecordsAbove,
			&p.IngestFloor, &p.LastIngestedAt, &p.UpdatedAt, &p.Unbalanced)
		for _, at := range []*time.Time{&p.IngestFloor, &p.LastIngestedAt, &p.UpdatedAt} {
			*at = at.UTC()
		}
		return p, err
	})
	return all, postgres.Explain(err)
}
