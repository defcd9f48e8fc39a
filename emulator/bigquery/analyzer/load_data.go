package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// loadData reads LOAD DATA, whose table may be one that it makes.
func (c *converter) loadData(s *gsql.ResolvedAuxLoadDataStmt) *resolved.DDL {
	switch {
	case must(s.PartitionFilter()) != nil:
		bqerror.Refuse("LOAD DATA with PARTITIONS")
	case must(s.Connection()) != nil:
		bqerror.Refuse("LOAD DATA WITH CONNECTION")
	case must(s.IsTempTable()):
		bqerror.Refuse("LOAD DATA into a temporary table")
	case must(s.PrimaryKey()) != nil || len(must(s.ForeignKeyList())) > 0:
		bqerror.Refuse("LOAD DATA with a key")
	}
	d := &resolved.DDL{Kind: "LOAD_DATA", Action: resolved.LoadData, Path: must(s.NamePath())}
	d.Replace = must(s.InsertionMode()) == gsql.ResolvedAuxLoadDataStmtEnums_InsertionModeOverwrite
	c.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = c.constants(must(s.OptionList()))
	d.Partition = c.partition(must(s.PartitionByList()))
	d.Cluster = cluster(must(s.ClusterByList()))
	d.External = c.external(must(s.WithPartitionColumns()))
	d.External.Options = c.constants(must(s.FromFilesOptionList()))
	return d
}
