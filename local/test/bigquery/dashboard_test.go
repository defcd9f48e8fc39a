package bigquery_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	emulator "github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/warehouse"
)

var topics = snapshot.Topics{Votes: "votes", Voters: "voters"}

// snapshotWarehouse is a project of the emulator.
type snapshotWarehouse struct{ client *warehouse.Client }

func (w snapshotWarehouse) Store(_ *testing.T, election string) snapshot.Store {
	return stores.NewBigQuery(w.client, election, topics)
}

func (w snapshotWarehouse) Create(ctx context.Context) error { return warehouse.Ensure(ctx, w.client) }

func (w snapshotWarehouse) Execute(ctx context.Context, script string) error {
	return runScript(ctx, w.client, script)
}

// projects returns a function that makes a new project each time.
func projects(t *testing.T) func(*testing.T) snapshottest.Warehouse {
	emulator, n := bigquerytest.Start(t), 0
	return func(t *testing.T) snapshottest.Warehouse {
		n++
		return snapshotWarehouse{emulator.Client(t, fmt.Sprint("dashboard-", n))}
	}
}

func TestDashboardStore(t *testing.T) { snapshottest.Contract(t, projects(t)) }

func TestLiveIsWhatThePassSettles(t *testing.T) {
	var votesAlone, others int
	snapshottest.Live(t, projects(t), pass, func(t *testing.T, w snapshottest.Warehouse, live *snapshot.Snapshot) {
		client := w.(snapshotWarehouse).client
		compareWithDocumented(t, client, live)
		if liveRegistrations(t, client) == 0 {
			votesAlone++
		} else {
			others++
		}
	})
	if votesAlone < 4 || others < 4 {
		t.Errorf("%d batches were live without registrations, and %d with some: too few to tell", votesAlone, others)
	}
}

func TestLiveWhileARecordIsMissing(t *testing.T) {
	snapshottest.LiveWhileMissing(t, projects(t)(t), pass)
}

// pass settles what raw has.
func pass(t *testing.T, w snapshottest.Warehouse) {
	stage := aggregate.NewWith(aggregate.Config{Election: sqlcase.Election}, aggregate.NewBigQuery(w.(snapshotWarehouse).client, sqlcase.Election))
	if _, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp}}); err != nil {
		t.Fatal(err)
	}
}

// liveRegistrations is how many registrations are above the settled offsets.
func liveRegistrations(t *testing.T, client *warehouse.Client) int64 {
	t.Helper()
	rows, err := query.Rows[struct{ Registrations int64 }](t.Context(), client.Query("SELECT registrations"+
		" FROM analytics.live_vote_changes(TIMESTAMP_SECONDS(0), TIMESTAMP '9999-01-01 00:00:00+00', 0, 0, 0)"))
	if err != nil {
		t.Fatal(err)
	}
	return rows[0].Registrations
}

// compareWithDocumented runs the query of docs/operations.md, which adds live votes to
// those of candidates.
func compareWithDocumented(t *testing.T, client *warehouse.Client, live *snapshot.Snapshot) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```sql\nSELECT candidate, SUM(votes) AS votes\n")
	text, _, found := strings.Cut(text, "```")
	if !found {
		t.Fatal("docs/operations.md has no query of the live votes any more")
	}
	rows, err := query.Rows[struct {
		Candidate string
		Votes     int64
	}](t.Context(), client.Query("SELECT candidate, SUM(votes) AS votes\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]int64{}, map[string]int64{}
	for _, row := range rows {
		got[row.Candidate] = row.Votes
	}
	for _, row := range live.Candidates {
		want[row.ID] = row.Votes
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("votes by the documented query (-want +got):\n%s", diff)
	}
}

// BenchmarkDashboardSnapshot is what a refresh costs, for an election of 51
// regions and 24 hours, of which the last three have votes in every minute.
func BenchmarkDashboardSnapshot(b *testing.B) {
	server, err := emulator.Start(b.Context(), emulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	client, err := endpoint.Cloud{Project: "snapshots", BigQuery: server.REST(), BigQueryStorage: server.GRPC()}.NewBigQuery(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	if err := warehouse.Ensure(b.Context(), client); err != nil {
		b.Fatal(err)
	}
	execute(b, client, snapshottest.Fill+`
		UPDATE analytics.books SET last_ingested_at = TIMESTAMP_SECONDS(1793700000 + 3600 * 25) WHERE TRUE;
		INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at)
		SELECT TIMESTAMP_SECONDS(1793700000 + 3600 * h), CONCAT('S', CAST(s AS STRING)), CONCAT('c', CAST(c AS STRING)), IF(h < 22, 100, 1800), 1, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(1, 24)) AS h, UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 4)) AS c;
		INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at)
		SELECT TIMESTAMP_SECONDS(1793700000 + 3600 * 24 + 60 * m), CONCAT('c', CAST(c AS STRING)), CONCAT('S', CAST(s AS STRING)), '18-24', CONCAT('g', CAST(g AS STRING)), 5, 1, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(-120, 59)) AS m, UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 4)) AS c, UNNEST(GENERATE_ARRAY(1, 6)) AS g;
		INSERT INTO analytics.demographic_analysis (election_date, state, age_group, gender, registered, voted, participation, updated_at)
		SELECT DATE '2026-11-03', CONCAT('S', CAST(s AS STRING)), CONCAT('a', CAST(a AS STRING)), CONCAT('g', CAST(g AS STRING)), 100, 50, 0.5, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 6)) AS a, UNNEST(GENERATE_ARRAY(1, 3)) AS g;`)
	store := stores.NewBigQuery(client, "stages", topics)
	read := func(b *testing.B) {
		if _, err := store.Snapshot(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			store = stores.NewBigQuery(client, "stages", topics)
			read(b)
		}
	})
	b.Run("changed", func(b *testing.B) {
		pass := 0
		for b.Loop() {
			b.StopTimer()
			pass++
			execute(b, client, fmt.Sprintf("UPDATE analytics.books SET updated_at = TIMESTAMP_SECONDS(1800000000 + %d) WHERE TRUE", pass))
			b.StartTimer()
			read(b)
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			read(b)
		}
	})
}

// execute runs a script.
func execute(t testing.TB, client *warehouse.Client, script string) {
	t.Helper()
	if err := runScript(t.Context(), client, script); err != nil {
		t.Fatal(err)
	}
}

func runScript(ctx context.Context, client *warehouse.Client, script string) error {
	if err := query.Exec(ctx, client.Query(script)); err != nil {
		return fmt.Errorf("run %.80q: %w", script, err)
	}
	return nil
}
