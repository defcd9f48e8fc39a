package translate

import (
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Export is where the rows of a plan's only step go; the statement returns none.
type Export struct {
	Columns []types.Field
	Options map[string]any
}

func (t *translator) exportData(s *resolved.ExportData) {
	sql, columns := t.query(s.Query)
	t.plan.Kind, t.plan.Export = "EXPORT_DATA", &Export{columns, s.Options}
	t.step(Query, sql)
}
