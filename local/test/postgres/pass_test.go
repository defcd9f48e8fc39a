package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// passes is a database of random records, with the warehouse of an aggregation over it.
type passes struct {
	*aggregate.Postgres
	pool    *pgxpool.Pool
	batches []string // of records that aren't there yet
}

// newPasses fills a database with the records of all but the last three batches.
func newPasses(t *testing.T, url string) *passes {
	t.Helper()
	pool := postgrestest.Pool(t, url)
	p := &passes{aggregate.NewPostgres(pool, sqlcase.Election), pool, snapshottest.RawBatches(rand.New(rand.NewPCG(5, 5)), true)}
	_, err := pool.Exec(t.Context(), `SELECT raw.ensure_partition(name, at)
		FROM unnest(ARRAY['votes', 'voters', 'rejects']) AS name, unnest(ARRAY[now(), now() + interval '1 day']) AS at`) // midnight may pass
	must(t, err)
	for len(p.batches) > 3 {
		p.append(t)
	}
	return p
}

// append adds the records of the next batch.
func (p *passes) append(t *testing.T) {
	t.Helper()
	_, err := p.pool.Exec(t.Context(), p.batches[0], pgx.QueryExecModeSimpleProtocol)
	must(t, err)
	p.batches = p.batches[1:]
}

// everything is a pass over all that isn't settled.
func everything() aggregate.Pass {
	return aggregate.Pass{Started: time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC), Floor: time.Unix(0, 0)}
}

// content is every row of core and analytics, by table. Columns that say when a pass ran
// and how often a row changed are left out unless all is set.
func (p *passes) content(t *testing.T, all bool) map[string][]string {
	t.Helper()
	content := map[string][]string{}
	for _, table := range warehouse.Tables() {
		if table.Dataset != "core" && table.Dataset != "analytics" {
			continue
		}
		if !all {
			table.Fields = slices.DeleteFunc(slices.Clone(table.Fields), func(f warehouse.Field) bool {
				return slices.Contains([]string{"updated_at", "first_seen", "revision"}, f.Name)
			})
		}
		rows, err := p.pool.Query(t.Context(), sqlcase.PostgreSQL.QueryAll(table))
		must(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		slices.Sort(lines)
		content[table.ID()] = lines
	}
	return content
}

// hold runs statements in a transaction of another connection, which release ends.
func (p *passes) hold(t *testing.T, sql string) (release func()) {
	t.Helper()
	tx, err := p.pool.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), sql)
	must(t, err)
	return func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }
}

// awaitWaiting waits until a connection waits for a lock.
func (p *passes) awaitWaiting(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		var waiting bool
		must(t, p.pool.QueryRow(t.Context(),
			"SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()").Scan(&waiting))
		if waiting {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no connection waits for a lock within %v", patience)
		}
	}
}

// A pass over a backlog stops at a whole second.
func TestPortion(t *testing.T) {
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	_, err := pool.Exec(t.Context(), "SELECT raw.ensure_partition(name, '2026-11-03') FROM unnest(ARRAY['votes', 'voters', 'rejects']) AS name")
	must(t, err)
	for _, table := range sqlcase.Portion() {
		sql, err := sqlcase.PostgreSQL.Fill(table)
		must(t, err)
		_, err = pool.Exec(t.Context(), sql)
		must(t, err)
	}
	w := aggregate.NewPostgres(pool, sqlcase.Election)
	for most, want := range sqlcase.PortionUntil {
		got, err := w.Portion(t.Context(), sqlcase.PortionFloor, most)
		must(t, err)
		if !got.Equal(want) {
			t.Errorf("at most %d records: until %v, want %v", most, got, want)
		}
	}
}

// A backlog of more records than a look counts is settled in portions, and no pass is
// repeated while one of its records is missing.
func TestBacklog(t *testing.T) {
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	const votes = `
INSERT INTO raw.votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp,
  voter_key, candidate, voted_at, ingested_at)
SELECT 'votes', 't', i % 2, i / 2 * 3, CASE WHEN i < 2 THEN -1 ELSE i / 2 * 3 - 3 END, '2026-11-03 08:00+00',
  'voter ' || i / 7, 'ada', '2026-11-03 08:00+00', timestamptz '2026-11-03 08:00+00' + i * interval '1 ms'
FROM generate_series(0, 29999) AS i
WHERE `
	for _, sql := range []string{"SELECT raw.ensure_partition('votes', '2026-11-03')", votes + "i != 100"} {
		_, err := pool.Exec(t.Context(), sql)
		must(t, err)
	}
	w := aggregate.NewPostgres(pool, sqlcase.Election)
	fresh, err := w.Fresh(t.Context(), time.Unix(0, 0))
	must(t, err)
	for _, f := range fresh {
		if f.Records < 14_999 || f.FromOffset != 0 {
			t.Errorf("a look finds %+v, want all records from the first on", f)
		}
	}
	// A portion counts the two offsets without a record after each record.
	stage := aggregate.NewWith(aggregate.Config{Election: sqlcase.Election, Most: 15_000}, w)
	for _, step := range []struct{ fill, passes, waiting int64 }{{passes: 6, waiting: 14_949}, {waiting: 14_949}, {fill: 1, passes: 1}} {
		if step.fill > 0 {
			_, err := pool.Exec(t.Context(), votes+"i = 100")
			must(t, err)
		}
		got, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 600}})
		must(t, err)
		if int64(got.Passes) != step.passes || int64(got.Waiting) != step.waiting || got.Unbalanced != 0 || !got.CaughtUp {
			t.Errorf("summary %+v, want %+v", got, step)
		}
	}
}

// Passes, steps and rebuilds never work at the same time. The second one changes nothing;
// a rebuild waits for the one before it.
func TestPassesMeet(t *testing.T) {
	p := newPasses(t, postgrestest.Shared(t).Database(t))
	settle(t, p.Postgres)
	before := p.content(t, true)
	p.append(t)
	release := p.hold(t, "LOCK TABLE core.pass_lock IN SHARE ROW EXCLUSIVE MODE")
	if _, err := p.Pass(t.Context(), everything()); !errors.Is(err, aggregate.ErrConflict) {
		t.Errorf("a pass beside another: %v", err)
	}
	if err := p.StepShown(t.Context(), everything()); !errors.Is(err, aggregate.ErrConflict) {
		t.Errorf("a step beside a pass: %v", err)
	}
	rebuilt := make(chan error)
	go func() {
		_, err := p.Rebuild(t.Context(), aggregate.Rebuild{Started: time.Now()})
		rebuilt <- err
	}()
	p.awaitWaiting(t)
	if diff := cmp.Diff(before, p.content(t, true)); diff != "" {
		t.Errorf("what gave way has changed (-before +after):\n%s", diff)
	}
	release()
	must(t, <-rebuilt)
	if summary := settle(t, p.Postgres); summary.Passes != 0 {
		t.Errorf("a pass after a rebuild: %+v: want nothing left", summary)
	}
}

// Many passes at a time make what one makes.
func TestManyPassesAtATime(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	p, want := newPasses(t, url), newPasses(t, postgrestest.Shared(t).Database(t))
	for len(p.batches) > 0 {
		p.append(t)
		want.append(t)
	}
	other := aggregate.NewPostgres(postgrestest.Pool(t, url), sqlcase.Election)
	var group sync.WaitGroup
	for i := range 12 {
		w := []*aggregate.Postgres{p.Postgres, other}[i%2]
		group.Go(func() {
			if _, err := w.Pass(t.Context(), everything()); err != nil && !errors.Is(err, aggregate.ErrConflict) {
				t.Errorf("pass: %v", err)
			}
		})
	}
	group.Wait()
	settle(t, p.Postgres)
	settle(t, want.Postgres)
	ingestTimes := func(content map[string][]string) map[string][]string {
		delete(content, "core.progress") // of each database its own
		delete(content, "analytics.books")
		return content
	}
	if diff := cmp.Diff(ingestTimes(want.content(t, false)), ingestTimes(p.content(t, false))); diff != "" {
		t.Errorf("one pass (-), many (+):\n%s", diff)
	}
	if summary := settle(t, p.Postgres); summary.Unbalanced != 0 || summary.Waiting != 0 {
		t.Errorf("summary %+v: want books that balance", summary)
	}
}

// What another transaction changes under a pass makes it give way, and nothing of it stays.
func TestPassThatCantBeSerialized(t *testing.T) {
	p := newPasses(t, postgrestest.Shared(t).Database(t))
	settle(t, p.Postgres)
	p.append(t)
	before := p.content(t, true)
	tx, err := p.pool.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), "UPDATE core.progress SET updated_at = updated_at")
	must(t, err)
	passed := make(chan error)
	go func() {
		_, err := p.Pass(t.Context(), everything())
		passed <- err
	}()
	p.awaitWaiting(t)
	must(t, tx.Commit(t.Context()))
	if err := <-passed; !errors.Is(err, aggregate.ErrConflict) {
		t.Errorf("error %v, want a conflict", err)
	}
	if diff := cmp.Diff(before, p.content(t, true)); diff != "" {
		t.Errorf("it has changed (-before +after):\n%s", diff)
	}
	settle(t, p.Postgres)
}

// A server that is killed in the middle of a pass has changed nothing. The next pass
// counts everything.
func TestServerKilledInAPass(t *testing.T) {
	server := postgrestest.Start(t, nil)
	p := newPasses(t, server.Database(t))
	settle(t, p.Postgres)
	p.append(t)
	before := p.content(t, true)
	release := p.hold(t, "SELECT FROM core.progress FOR UPDATE") // a pass stops there, late
	passed := make(chan error)
	go func() {
		_, err := p.Pass(t.Context(), everything())
		passed <- err
	}()
	p.awaitWaiting(t)
	server.Kill()
	<-server.Ended()
	if err := <-passed; err == nil || errors.Is(err, aggregate.ErrConflict) {
		t.Errorf("error %v, want that of a lost connection", err)
	}
	release()
	must(t, server.Resume(t.Context()))
	p.pool.Reset()
	if diff := cmp.Diff(before, p.content(t, true)); diff != "" {
		t.Errorf("the pass has left something (-before +after):\n%s", diff)
	}
	if summary := settle(t, p.Postgres); summary.Passes != 1 || summary.Unbalanced != 0 {
		t.Errorf("summary %+v, want one pass, and books that balance", summary)
	}
}

// A rebuild that takes longer than its caller waits changes nothing, and says so.
func TestRebuildOutOfPatience(t *testing.T) {
	p := newPasses(t, postgrestest.Shared(t).Database(t))
	settle(t, p.Postgres)
	before := p.content(t, true)
	defer p.hold(t, "SELECT FROM core.progress FOR UPDATE")()
	_, err := p.Rebuild(t.Context(), aggregate.Rebuild{Started: time.Now(), ID: "rebuild-x-1", Patience: time.Now().Add(time.Second)})
	if err == nil || errors.Is(err, aggregate.ErrRunning) || errors.Is(err, aggregate.ErrConflict) {
		t.Errorf("error %v, want that it ended", err)
	}
	if diff := cmp.Diff(before, p.content(t, true)); diff != "" {
		t.Errorf("it has changed (-before +after):\n%s", diff)
	}
}

// A database without tables is refused by a sentence.
func TestPassWithoutTables(t *testing.T) {
	w := aggregate.NewPostgres(postgrestest.Pool(t, postgrestest.Shared(t).Empty(t)), sqlcase.Election)
	_, err := w.Progress(t.Context())
	var version *postgres.VersionError
	if !errors.As(err, &version) || version.Have != 0 {
		t.Errorf("error %v, want that there are no tables", err)
	}
}

// A pass and a step wake those who listen, once they are committed.
func TestPassWakesReaders(t *testing.T) {
	p := newPasses(t, postgrestest.Shared(t).Database(t))
	listener, err := p.pool.Acquire(t.Context())
	must(t, err)
	defer listener.Release()
	_, err = listener.Exec(t.Context(), "LISTEN "+postgres.AnalyticsChannel)
	must(t, err)
	hears := func(payload string) {
		t.Helper()
		n, err := listener.Conn().WaitForNotification(t.Context())
		must(t, err)
		if n.Payload != payload {
			t.Errorf("told %q, want %q", n.Payload, payload)
		}
	}
	must(t, p.StepShown(t.Context(), everything()))
	hears("")
	_, err = p.Pass(t.Context(), everything())
	must(t, err)
	hears(postgres.PassPayload)
	_, err = listener.Exec(t.Context(), "UNLISTEN *")
	must(t, err)
}
