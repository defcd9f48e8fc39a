package bigquery_test

import (
	"strings"
	"testing"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Ensure updates tables and views that an older program created, and doesn't touch
// those that are up to date.
func TestEnsureMends(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "older")
	ensure := func() {
		t.Helper()
		if err := warehouse.Ensure(t.Context(), client); err != nil {
			t.Fatal(err)
		}
	}
	describe := func(table *bigquery.Table) *bigquery.TableMetadata {
		t.Helper()
		meta, err := table.Metadata(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return meta
	}
	ensure()
	votes, view := client.Dataset("raw").Table("votes"), client.Dataset("staging").Table("stg_votes")
	newest := describe(view).ViewQuery
	older := strings.ReplaceAll(newest, " DESC", "")
	if older == newest {
		t.Fatalf("the view has no order that could be another:\n%s", newest)
	}
	for _, sql := range []string{
		"ALTER TABLE raw.votes DROP COLUMN polling_station",
		"CREATE OR REPLACE VIEW staging.stg_votes AS " + older,
	} {
		if _, err := client.Query(sql).Read(t.Context()); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	ensure()
	if got := describe(view).ViewQuery; got != newest {
		t.Errorf("the view's query is still\n%s", got)
	}
	if schema := describe(votes).Schema; schema[len(schema)-1].Name != "polling_station" {
		t.Errorf("the table's last column is %s, want the one that it lacked", schema[len(schema)-1].Name)
	}
	before := []string{describe(votes).ETag, describe(view).ETag}
	ensure()
	if after := []string{describe(votes).ETag, describe(view).ETag}; before[0] != after[0] || before[1] != after[1] {
		t.Errorf("what is up to date was changed: etags %q before, %q after", before, after)
	}
}
