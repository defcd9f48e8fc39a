package bigquery_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// both are two warehouses that are given the same rows and the same calls. Calls have the
// same times, so that every column of every row must be the same.
type both struct {
	bigQuery *warehouse.Client
	postgres *pgxpool.Pool
	stages   []*aggregate.Handler
	engines  []engine
	now      time.Time
}

// engine is an aggregate.Warehouse that can be rebuilt.
type engine interface {
	aggregate.Warehouse
	aggregate.Rebuilder
}

func newBoth(t *testing.T, client *warehouse.Client, pool *pgxpool.Pool) *both {
	smallCell := 3
	e := *sqlcase.Election
	e.SmallCell = &smallCell
	e.Regions = append(e.Regions, election.Region{ID: "UT", Name: "Utah"})
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	b := &both{bigQuery: client, postgres: pool, now: time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)}
	b.engines = []engine{aggregate.NewBigQuery(client, &e), aggregate.NewPostgres(pool, &e)}
	for _, w := range b.engines {
		b.stages = append(b.stages, aggregate.NewWith(aggregate.Config{Election: &e, Now: func() time.Time { return b.now }}, w))
	}
	for _, table := range []string{"votes", "voters", "rejects"} {
		if _, err := pool.Exec(t.Context(), "SELECT raw.ensure_partition($1, $2)", table, b.now); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// execute runs statements that both understand.
func (b *both) execute(t *testing.T, script string) {
	t.Helper()
	execute(t, b.bigQuery, script)
	if _, err := b.postgres.Exec(t.Context(), script, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

// settle runs passes until everything is settled.
func (b *both) settle(t *testing.T) {
	t.Helper()
	for _, stage := range b.stages {
		if _, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp}}); err != nil {
			t.Fatal(err)
		}
	}
}

// each calls both, and compares the progress that they return.
func (b *both) each(t *testing.T, call func(engine) ([]aggregate.Partition, error)) {
	t.Helper()
	var answers [][]aggregate.Partition
	for _, w := range b.engines {
		progress, err := call(w)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(progress, func(a, b aggregate.Partition) int {
			return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
		})
		answers = append(answers, progress)
	}
	if d := diff.Diff(answers[0], answers[1]); d != "" {
		t.Fatalf("progress on BigQuery (-), on PostgreSQL (+):\n%s", d)
	}
}

// compare compares every row of core, analytics and the views. It returns how many there are.
func (b *both) compare(t *testing.T, when string) (rows int) {
	t.Helper()
	for _, table := range warehouse.Tables() {
		if table.Dataset == "core" || table.Dataset == "analytics" {
			rows += b.compareRelation(t, when, table)
		}
	}
	for _, v := range warehouse.Views() {
		rows += b.compareRelation(t, when, b.columnsOf(t, v))
	}
	return rows
}

// columnsOf is a view with the columns that it has on BigQuery, as if it were a table.
func (b *both) columnsOf(t *testing.T, v warehouse.View) warehouse.Table {
	t.Helper()
	view := warehouse.Table{Dataset: v.Dataset, Name: v.Name}
	fields, err := query.Rows[struct {
		Name string `bigquery:"column_name"`
		Type string `bigquery:"data_type"`
	}](t.Context(), b.bigQuery.Query(fmt.Sprintf(
		"SELECT column_name, data_type FROM %s.INFORMATION_SCHEMA.COLUMNS WHERE table_name = '%s' ORDER BY ordinal_position", v.Dataset, v.Name)))
	if err != nil || len(fields) == 0 {
		t.Fatalf("columns of %s: %v, %v", v.ID(), fields, err)
	}
	for _, f := range fields {
		view.Fields = append(view.Fields, warehouse.Field{Name: f.Name, Type: f.Type})
	}
	return view
}

// compareRelation compares the rows of a table or a view. It returns how many there are.
func (b *both) compareRelation(t *testing.T, when string, table warehouse.Table) int {
	t.Helper()
	found, err := query.Rows[struct{ Line string }](t.Context(), b.bigQuery.Query(sqlcase.GoogleSQL.QueryAll(table)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{}
	for _, row := range found {
		want = append(want, row.Line)
	}
	result, err := b.postgres.Query(t.Context(), sqlcase.PostgreSQL.QueryAll(table))
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(result, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := diff.Diff(want, append([]string{}, got...)); d != "" {
		t.Fatalf("%s: %s on BigQuery (-), on PostgreSQL (+):\n%s", when, table.ID(), d)
	}
	return len(got)
}

// Both warehouses make the same of the same rows of raw, to the last column: by passes,
// by steps between them, by rebuilds of what was damaged.
func TestBothWarehousesAgree(t *testing.T) {
	emulator, server := bigquerytest.Start(t), postgrestest.Start(t, nil)
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			b := newBoth(t, emulator.Client(t, fmt.Sprint("both-", seed)), postgrestest.Pool(t, server.Database(t)))
			random := rand.New(rand.NewPCG(seed, 7))
			for i, batch := range snapshottest.RawBatches(random, true) {
				b.now = b.now.Add(time.Duration(random.IntN(600_000_000)) * time.Microsecond)
				at := b.now.Format("TIMESTAMP '2006-01-02 15:04:05.000000+00'")
				b.execute(t, strings.ReplaceAll(batch, "CURRENT_TIMESTAMP", at))
				when := fmt.Sprint("batch ", i)
				if random.IntN(2) == 0 {
					b.each(t, func(w engine) ([]aggregate.Partition, error) {
						return nil, w.StepShown(t.Context(), aggregate.Pass{Started: b.now, Floor: time.Unix(0, 0)})
					})
					b.compare(t, when+", after a step")
				}
				if random.IntN(3) > 0 {
					b.settle(t)
					b.compare(t, when)
				}
			}
			b.settle(t)
			if rows := b.compare(t, "in the end"); rows < 300 {
				t.Errorf("%d rows were compared: this seed tests little", rows)
			}
			b.rebuild(t, drain.Range{From: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 3, 10, 30, 0, 0, time.UTC)})
			b.rebuild(t, drain.Range{})
		})
	}
}

// rebuild damages both in the same way, then rebuilds a range.
func (b *both) rebuild(t *testing.T, span drain.Range) {
	t.Helper()
	b.execute(t, `DELETE FROM core.ballots WHERE voter_key IN ('voter 3', 'voter 7');
UPDATE core.ballots SET candidate = 'bob', state = 'OH' WHERE voter_key = 'voter 11';
DELETE FROM core.duplicates WHERE kafka_offset < 9;
UPDATE core.voters SET state = 'VT' WHERE voter_key = 'voter 5';
UPDATE core.vote_windows SET votes = votes + 1 WHERE candidate = 'ada';
DELETE FROM core.book_windows WHERE pending > 0;
UPDATE analytics.hourly_trends SET votes = votes + 5 WHERE state = 'TX';
INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at)
VALUES (TIMESTAMP '2026-11-03 02:00:00+00', 'VT', 'eve', 9, TIMESTAMP '2026-11-03 12:00:00+00');
`)
	b.compare(t, "damaged")
	b.now = b.now.Add(time.Minute)
	b.each(t, func(w engine) ([]aggregate.Partition, error) {
		return w.Rebuild(context.WithoutCancel(t.Context()), aggregate.Rebuild{Started: b.now, Range: span})
	})
	b.compare(t, fmt.Sprint("rebuilt ", span))
}
