package stages_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// What readers get before a pass is what they get after it. Records come in any order,
// some twice, some late, with holes that are filled later; voters vote again, move, and
// vote before they are registered.
func TestLiveIsWhatThePassSettles(t *testing.T) {
	emulator := bigquerytest.Start(t)
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			client := emulator.Client(t, fmt.Sprint("live-", seed))
			if err := warehouse.Ensure(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(seed, 1))
			stage := aggregate.NewWith(aggregate.Config{Election: caseElection}, aggregate.NewBigQuery(client, caseElection))
			topics := snapshot.Topics{Votes: "votes", Voters: "voters"}
			follower := snapshot.NewBigQuery(client, "live", topics)
			unsettled, votesAlone := 0, 0
			batches := rawBatches(random)
			for i, batch := range batches {
				execute(t, client, batch)
				followed := readSnapshot(t, follower) // without looking registrations up, where there is none
				if i > 0 && i < len(batches)-1 && random.IntN(3) == 0 {
					continue // so that more is above the settled offsets
				}
				live := readSnapshot(t, snapshot.NewBigQuery(client, "live", topics))
				if live.Unsettled > 0 {
					unsettled++
					compareWithDocumented(t, client, live)
					if liveRegistrations(t, client) == 0 {
						votesAlone++
					}
				}
				if _, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp}}); err != nil {
					t.Fatal(err)
				}
				settled := readSnapshot(t, snapshot.NewBigQuery(client, "live", topics))
				if diff := cmp.Diff(snapshottest.Figures(settled), snapshottest.Figures(live)); diff != "" {
					t.Fatalf("batch %d: the tables after the pass (-), and before it (+):\n%s", i, diff)
				}
				followed.Minutes = settled.Minutes // a follower reads those that lie back now and then
				if diff := cmp.Diff(snapshottest.Figures(settled), snapshottest.Figures(followed)); diff != "" {
					t.Fatalf("batch %d: the tables after the pass (-), and before it for a reader who follows (+):\n%s", i, diff)
				}
				if again := readSnapshot(t, follower); again.Unsettled != 0 {
					t.Errorf("batch %d: %d records are live after a pass over all of them", i, again.Unsettled)
				}
			}
			if unsettled == votesAlone || votesAlone == 0 {
				t.Errorf("%d batches were live, %d of them without registrations: this seed tests nothing", unsettled, votesAlone)
			}
		})
	}
}

// compareWithDocumented runs the query of docs/operations.md, which adds live votes to
// those of candidates.
func compareWithDocumented(t *testing.T, client *bigquery.Client, live *snapshot.Snapshot) {
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

// liveRegistrations is how many registrations are above the settled offsets.
func liveRegistrations(t *testing.T, client *bigquery.Client) int64 {
	t.Helper()
	rows, err := query.Rows[struct{ Registrations int64 }](t.Context(), client.Query("SELECT registrations"+
		" FROM analytics.live_vote_changes(TIMESTAMP_SECONDS(0), TIMESTAMP '9999-01-01 00:00:00+00', 0, 0, 0)"))
	if err != nil {
		t.Fatal(err)
	}
	return rows[0].Registrations
}

func readSnapshot(t *testing.T, store snapshot.Store) *snapshot.Snapshot {
	t.Helper()
	s, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rawBatches are statements that append rows to raw: what an ingest takes in, in the
// order in which it comes.
func rawBatches(random *rand.Rand) []string {
	start := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	stamp := func(t time.Time) string { return t.Format("'2006-01-02 15:04:05+00'") }
	pick := func(all ...string) string { return all[random.IntN(len(all))] }
	const votes = "votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, voted_at, ingested_at)"
	const voters = "voters (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, state, age_group, gender, ingested_at)"
	const rejects = "rejects (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, reason, record_bytes, ingested_at)"
	type row struct {
		table, values string
		at            float64 // where it comes among all rows
	}
	var rows []row
	for partition := range 3 {
		topic := "votes"
		if partition == 2 {
			topic = "voters"
		}
		offset, follows := int64(random.IntN(3)), int64(-1)
		for n := range 60 {
			sent := start.Add(time.Duration(n*3+random.IntN(30)) * time.Minute)
			head := fmt.Sprintf("'%s', 't', %d, %d, %d, %s", topic, partition%2, offset, follows, stamp(sent))
			voter := fmt.Sprintf("'voter %d'", random.IntN(45))
			r := row{at: float64(n) + random.Float64()*12}
			if topic == "voters" {
				r.at = min(r.at, 20+r.at/20) // the last votes come alone
			}
			switch {
			case random.IntN(12) == 0:
				r.table, r.values = rejects, head+", 'malformed_json', 3"
			case topic == "votes":
				voted := sent.Add(time.Duration(random.IntN(20)-15) * time.Minute)
				r.table, r.values = votes, head+", "+voter+", '"+pick("ada", "bob")+"', "+stamp(voted)
			default:
				r.table, r.values = voters, head+", "+voter+", '"+pick("TX", "OH", "UT")+"', '"+pick("18-24", "65+")+"', '"+pick("female", "male")+"'"
			}
			rows = append(rows, r)
			if random.IntN(6) == 0 { // delivered again, later
				r.at += random.Float64() * 20
				rows = append(rows, r)
			}
			follows, offset = offset, offset+1+int64(random.IntN(8)/7)
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	var batches []string
	for len(rows) > 0 {
		some := rows[:min(len(rows), 5+random.IntN(40))]
		rows = rows[len(some):]
		byTable := map[string][]string{}
		for _, r := range some {
			byTable[r.table] = append(byTable[r.table], "("+r.values+", CURRENT_TIMESTAMP())")
		}
		var script strings.Builder
		for _, table := range []string{votes, voters, rejects} {
			if values := byTable[table]; len(values) > 0 {
				fmt.Fprintf(&script, "INSERT INTO raw.%s VALUES %s;\n", table, strings.Join(values, ",\n"))
			}
		}
		batches = append(batches, script.String())
	}
	return batches
}

// While a record is missing, the records above it are counted and not settled. Live figures
// don't take them away again, however long ago they came.
func TestLiveWhileARecordIsMissing(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "live-missing")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	stage := aggregate.NewWith(aggregate.Config{Election: caseElection}, aggregate.NewBigQuery(client, caseElection))
	pass := func() {
		t.Helper()
		if _, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp}}); err != nil {
			t.Fatal(err)
		}
	}
	vote := func(offset, follows int64, ago time.Duration) {
		execute(t, client, fmt.Sprintf(`INSERT INTO raw.votes
(kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, voted_at, ingested_at)
VALUES ('votes', 't', 0, %d, %d, '2026-11-03 08:00:00+00', 'voter %[1]d', 'ada', '2026-11-03 08:00:00+00', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL %[3]d MINUTE))`,
			offset, follows, int(ago.Minutes())))
	}
	reader := snapshot.NewBigQuery(client, "live", snapshot.Topics{Votes: "votes", Voters: "voters"})
	vote(0, -1, 9*time.Hour)
	vote(2, 1, 9*time.Hour) // that at offset 1 is missing
	vote(3, 2, 9*time.Hour)
	pass()
	readSnapshot(t, reader)
	vote(4, 3, 0)
	pass()
	readSnapshot(t, reader)
	vote(5, 4, 0)
	figures := func() [4]int64 {
		book := readSnapshot(t, reader).Books[0]
		return [4]int64{book.Records, book.Pending, book.Gaps, book.ReadOffset}
	}
	if got, want := figures(), [4]int64{5, 5, 1, 1}; got != want {
		t.Errorf("records, pending, gaps and read offset before the missing record comes: %d, want %d", got, want)
	}
	vote(1, 0, 0)
	if got, want := figures(), [4]int64{6, 6, 0, 6}; got != want {
		t.Errorf("records, pending, gaps and read offset once it has come: %d, want %d", got, want)
	}
}
