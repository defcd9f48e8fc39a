package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) createSnapshotTable(s *gsql.ResolvedCreateSnapshotTableStmt) *resolved.DDL {
	d := create("CREATE_SNAPSHOT_TABLE", resolved.CreateTable, s)
	d.Options = c.options(must(s.OptionList()))
	c.copyOf(d, must(s.CloneFrom()))
	d.Snapshot = true
	return d
}
