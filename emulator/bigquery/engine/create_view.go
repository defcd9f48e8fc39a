package engine

import (
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// setView makes the resource of a new table that of a view. What is left of CREATE VIEW is
// as for a table: see createTable.
func setView(t *bqv2.Table, d *resolved.DDL) {
	if d.Materialized {
		t.MaterializedView = &bqv2.MaterializedViewDefinition{Query: d.View, EnableRefresh: true}
		return
	}
	t.View = &bqv2.ViewDefinition{Query: d.View, ForceSendFields: []string{"UseLegacySql"}}
}
