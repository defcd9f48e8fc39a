package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// tableStatement is what both forms of CREATE TABLE have in common.
type tableStatement interface {
	created
	ColumnDefinitionList() ([]*gsql.ResolvedColumnDefinition, error)
	OptionList() ([]*gsql.ResolvedOption, error)
	PartitionByList() ([]gsql.ResolvedExprNode, error)
	ClusterByList() ([]gsql.ResolvedExprNode, error)
}

func (c *converter) newTable(kind string, s tableStatement) *resolved.DDL {
	d := create(kind, resolved.CreateTable, s)
	c.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = c.options(must(s.OptionList()))
	d.Partition = c.partition(must(s.PartitionByList()))
	d.Cluster = cluster(must(s.ClusterByList()))
	return d
}

func (c *converter) createTable(s *gsql.ResolvedCreateTableStmt) *resolved.DDL {
	d := c.newTable("CREATE_TABLE", s)
	for _, from := range []gsql.ResolvedScanNode{must(s.CloneFrom()), must(s.CopyFrom())} {
		if from == nil {
			continue
		}
		scan, ok := from.(*gsql.ResolvedTableScan)
		if !ok {
			bqerror.Refuse("COPY of something that isn't a table")
		}
		d.Like, d.Copy = c.source(must(scan.Table())), true
	}
	if like := must(s.LikeTable()); like != nil {
		d.Like = c.source(like)
	}
	return d
}

func (c *converter) createTableAs(s *gsql.ResolvedCreateTableAsSelectStmt) *resolved.DDL {
	d := c.newTable("CREATE_TABLE_AS_SELECT", s)
	d.Query = c.query(must(s.Query()), must(s.OutputColumnList()), false)
	return d
}

// definitions reads column definitions.
func (c *converter) definitions(d *resolved.DDL, list []*gsql.ResolvedColumnDefinition) {
	d.ColumnOptions = map[string]map[string]any{}
	for _, def := range list {
		column, options := c.definition(def)
		d.Columns = append(d.Columns, column)
		if len(options) > 0 {
			d.ColumnOptions[column.Name] = options
		}
	}
}

func (c *converter) definition(def *gsql.ResolvedColumnDefinition) (types.Field, map[string]any) {
	column := types.Field{Name: must(def.Name()), Type: typeOf(must(def.Type()))}
	if must(def.GeneratedColumnInfo()) != nil {
		bqerror.Refuse("the generated column %s", column.Name)
	}
	var options map[string]any
	if a := must(def.Annotations()); a != nil {
		column.Required = must(a.NotNull())
		limit(&column, must(a.GetFullTypeParameters(must(def.Type()))))
		options = c.options(must(a.OptionList()))
	}
	if v := must(def.DefaultValue()); v != nil {
		column.Default = must(v.Sql())
	}
	return column, options
}
