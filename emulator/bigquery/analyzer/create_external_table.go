package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) createExternalTable(s *gsql.ResolvedCreateExternalTableStmt) *resolved.DDL {
	d := create("CREATE_EXTERNAL_TABLE", resolved.CreateTable, s)
	if must(s.Connection()) != nil {
		bqerror.Refuse("CREATE EXTERNAL TABLE WITH CONNECTION")
	}
	if d.Temporary {
		bqerror.Refuse("CREATE TEMP EXTERNAL TABLE")
	}
	if must(s.LikeTable()) != nil {
		bqerror.Refuse("CREATE EXTERNAL TABLE LIKE")
	}
	c.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = c.constants(must(s.OptionList()))
	d.External = c.external(must(s.WithPartitionColumns()))
	d.External.Options, d.Options = d.Options, nil
	return d
}

// external is what WITH PARTITION COLUMNS says; nil is a statement without.
func (c *converter) external(keys *gsql.ResolvedWithPartitionColumns) *resolved.External {
	out := &resolved.External{Partitioned: keys != nil}
	if keys == nil {
		return out
	}
	for _, def := range must(keys.ColumnDefinitionList()) {
		column, options := c.definition(def)
		if len(options) > 0 || column.Default != "" || column.Required {
			bqerror.Refuse("a partition column of files with more than a name and a type")
		}
		out.Keys = append(out.Keys, column)
	}
	return out
}
