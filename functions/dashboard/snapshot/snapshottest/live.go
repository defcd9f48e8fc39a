package snapshottest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Live checks that readers get the same before a pass as after it. Records come in any order,
// some twice, some late, with holes that are filled later; voters vote again, move, and
// vote before they are registered.
//
// pass settles what raw has. check, unless it is nil, is called with snapshots in which
// something is live.
func Live(t *testing.T, start func(t *testing.T) Warehouse, pass func(*testing.T, Warehouse), check func(*testing.T, Warehouse, *snapshot.Snapshot)) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := start(t)
			create(t, w)
			random := rand.New(rand.NewPCG(seed, 1))
			follower := w.Store(t, "live")
			unsettled := 0
			batches := RawBatches(random, false)
			for i, batch := range batches {
				execute(t, w, batch)
				followed := Read(t, follower)
				if i > 0 && i < len(batches)-1 && random.IntN(3) == 0 {
					continue // so that more is above the settled offsets
				}
				live := Read(t, w.Store(t, "live"))
				if live.Unsettled > 0 {
					unsettled++
					if check != nil {
						check(t, w, live)
					}
				}
				pass(t, w)
				settled := Read(t, w.Store(t, "live"))
				if diff := cmp.Diff(Figures(settled), Figures(live)); diff != "" {
					t.Fatalf("batch %d: the tables after the pass (-), and before it (+):\n%s", i, diff)
				}
				followed.Minutes = settled.Minutes // a follower reads those that lie back now and then
				if diff := cmp.Diff(Figures(settled), Figures(followed)); diff != "" {
					t.Fatalf("batch %d: the tables after the pass (-), and before it for a reader who follows (+):\n%s", i, diff)
				}
				if again := Read(t, follower); again.Unsettled != 0 {
					t.Errorf("batch %d: %d records are live after a pass over all of them", i, again.Unsettled)
				}
			}
			if unsettled < 2 {
				t.Errorf("%d batches were live: this seed tests nothing", unsettled)
			}
		})
	}
}

// LiveWhileMissing holds that records which wait for a missing one, and are counted without
// being settled, aren't taken away from the live figures, however long ago they came.
func LiveWhileMissing(t *testing.T, w Warehouse, pass func(*testing.T, Warehouse)) {
	create(t, w)
	vote := func(offset, follows int64, ago time.Duration) {
		execute(t, w, fmt.Sprintf(`INSERT INTO raw.votes
(kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, voted_at, ingested_at)
VALUES ('votes', 't', 0, %d, %d, '2026-11-03 08:00:00+00', 'voter %[1]d', 'ada', '2026-11-03 08:00:00+00', '%[3]s');`,
			offset, follows, time.Now().UTC().Add(-ago).Format(literal)))
	}
	reader := w.Store(t, "live")
	vote(0, -1, 9*time.Hour)
	vote(2, 1, 9*time.Hour) // that at offset 1 is missing
	vote(3, 2, 9*time.Hour)
	pass(t, w)
	Read(t, reader)
	vote(4, 3, 0)
	pass(t, w)
	Read(t, reader)
	vote(5, 4, 0)
	figures := func() [4]int64 {
		book := Read(t, reader).Books[0]
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

// RawBatches are statements that append rows to raw: what an ingest takes in, in the
// order in which it comes. Their ingest times are CURRENT_TIMESTAMP. If portraits is set,
// some votes have one.
func RawBatches(random *rand.Rand, portraits bool) []string {
	rows := rawRows(random, portraits)
	slices.SortFunc(rows, func(a, b rawRow) int {
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
			byTable[r.table] = append(byTable[r.table], "("+r.values+", CURRENT_TIMESTAMP)")
		}
		var script strings.Builder
		for _, table := range []string{rawVotes, rawVoters, rawRejects} {
			if values := byTable[table]; len(values) > 0 {
				fmt.Fprintf(&script, "INSERT INTO raw.%s VALUES %s;\n", table, strings.Join(values, ",\n"))
			}
		}
		batches = append(batches, script.String())
	}
	return batches
}

// A rawRow is a row of a table of raw, in SQL.
type rawRow struct {
	table, values string
	at            float64 // where it comes among all rows
}

// The tables of raw, with the columns that rows have.
const (
	rawVotes   = "votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, candidate_image, voted_at, ingested_at)"
	rawVoters  = "voters (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, state, age_group, gender, ingested_at)"
	rawRejects = "rejects (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, reason, record_bytes, ingested_at)"
)

// rawRows are rows of three partitions, in which some come again.
func rawRows(random *rand.Rand, portraits bool) []rawRow {
	start := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	stamp := func(t time.Time) string { return t.Format("'2006-01-02 15:04:05+00'") }
	pick := func(all ...string) string { return all[random.IntN(len(all))] }
	var rows []rawRow
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
			r := rawRow{at: float64(n) + random.Float64()*12}
			if topic == "voters" {
				r.at = min(r.at, 20+r.at/20) // the last votes come alone
			}
			switch {
			case random.IntN(12) == 0:
				r.table, r.values = rawRejects, head+", 'malformed_json', 3"
			case topic == "votes":
				voted := sent.Add(time.Duration(random.IntN(20)-15) * time.Minute)
				portrait := "NULL"
				if portraits {
					portrait = pick("NULL", "'a.png'", "'b.png'")
				}
				r.table, r.values = rawVotes, head+", "+voter+", '"+pick("ada", "bob")+"', "+portrait+", "+stamp(voted)
			default:
				r.table, r.values = rawVoters, head+", "+voter+", '"+pick("TX", "OH", "UT")+"', '"+pick("18-24", "65+")+"', '"+pick("female", "male")+"'"
			}
			rows = append(rows, r)
			if random.IntN(6) == 0 { // delivered again, later
				r.at += random.Float64() * 20
				rows = append(rows, r)
			}
			follows, offset = offset, offset+1+int64(random.IntN(8)/7)
		}
	}
	return rows
}
