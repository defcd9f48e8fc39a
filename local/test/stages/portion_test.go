package stages_test

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// A pass takes the new records of whole seconds of ingest: as many seconds as have no
// more records than it may take, and one at least.
func TestPortion(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "portion")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	for id, text := range map[string]string{
		"core.progress": `kafka_partition last_offset
			0 9`,
		"raw.votes": `kafka_partition kafka_offset voter_key ingested_at
			0 8 ann 08:00:00
			0 9 bea 08:00:00
			0 10 cid 08:00:01.2
			1 0 dot 08:00:02.3
			1 1 eve 08:00:02.4`,
		"raw.voters": `kafka_topic kafka_offset voter_key ingested_at
			voters 0 ann 08:00:05`,
		"raw.rejects": `kafka_partition kafka_offset reason ingested_at
			1 2 tombstone 08:00:06.7`,
	} {
		sql, err := sqlcase.GoogleSQL.Fill(sqlcase.ParseTable(id, text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Query(sql).Read(t.Context()); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	w := aggregate.NewBigQuery(client, sqlcase.Election)
	eight := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	for most, want := range map[int64]time.Time{
		0: eight.Add(2 * time.Second), // the first second whole
		1: eight.Add(2 * time.Second),
		2: eight.Add(2 * time.Second), // the second one has two
		3: eight.Add(5 * time.Second),
		4: eight.Add(6 * time.Second),
		5: {},
	} {
		got, err := w.Portion(t.Context(), eight.Add(-time.Hour), most)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("at most %d records: until %v, want %v", most, got, want)
		}
	}
}
