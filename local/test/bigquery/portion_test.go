package bigquery_test

import (
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// A pass over a backlog stops at a whole second.
func TestPortion(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "portion")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	for _, table := range sqlcase.Portion() {
		sql, err := sqlcase.GoogleSQL.Fill(table)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, client, sql)
	}
	w := aggregate.NewBigQuery(client, sqlcase.Election)
	for most, want := range sqlcase.PortionUntil {
		got, err := w.Portion(t.Context(), sqlcase.PortionFloor, most)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("at most %d records: until %v, want %v", most, got, want)
		}
	}
}
