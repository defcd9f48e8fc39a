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
	PrimaryKey() (*gsql.ResolvedPrimaryKey, error)
	ForeignKeyList() ([]*gsql.ResolvedForeignKey, error)
	CheckConstraintList() ([]*gsql.ResolvedCheckConstraint, error)
	CollationName() (gsql.ResolvedExprNode, error)
}

func (c *converter) newTable(kind string, s tableStatement) *resolved.DDL {
	d := create(kind, resolved.CreateTable, s)
	c.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = c.options(must(s.OptionList()))
	d.Partition = c.partition(must(s.PartitionByList()))
	d.Cluster = cluster(must(s.ClusterByList()))
	d.PrimaryKey = primaryKey(must(s.PrimaryKey()))
	if len(must(s.ForeignKeyList())) > 0 {
		bqerror.Refuse("a FOREIGN KEY")
	}
	if s := must(s.CheckConstraintList()); len(s) > 0 {
		bqerror.Refuse("a CHECK constraint")
	}
	d.Collation = c.collationOf(must(s.CollationName()))
	return d
}

// primaryKey are the columns of a key; nil for none.
func primaryKey(k *gsql.ResolvedPrimaryKey) []string {
	if k == nil {
		return nil
	}
	if !must(k.Unenforced()) {
		bqerror.Throw(bqerror.Query("A primary key must be NOT ENFORCED"))
	}
	return must(k.ColumnNameList())
}

func (c *converter) createTable(s *gsql.ResolvedCreateTableStmt) *resolved.DDL {
	d := c.newTable("CREATE_TABLE", s)
	if from := must(s.CloneFrom()); from != nil {
		c.copyOf(d, from)
		d.Clone = true
	}
	if from := must(s.CopyFrom()); from != nil {
		c.copyOf(d, from)
	}
	if like := must(s.LikeTable()); like != nil {
		d.Like = c.source(like)
	}
	return d
}

// copyOf sets the table that a statement copies.
func (c *converter) copyOf(d *resolved.DDL, from gsql.ResolvedScanNode) {
	scan, ok := from.(*gsql.ResolvedTableScan)
	if !ok {
		bqerror.Refuse("a copy of something that isn't a table")
	}
	d.Like, d.Copy, d.AsOf = c.source(must(scan.Table())), true, c.expr(must(scan.ForSystemTimeExpr()))
}

func (c *converter) createTableAs(s *gsql.ResolvedCreateTableAsSelectStmt) *resolved.DDL {
	d := c.newTable("CREATE_TABLE_AS_SELECT", s)
	d.Query = c.query(must(s.Query()), must(s.OutputColumnList()), false)
	for i, o := range d.Query.Columns {
		if i < len(d.Columns) {
			d.Columns[i].Type = types.Collated(d.Columns[i].Type, max(d.Columns[i].Type.Collation, o.Column.Type.Collation))
		}
	}
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
		options = c.constants(must(a.OptionList()))
		if name := must(a.CollationName()); name != nil {
			if column.Type.Kind != types.String {
				bqerror.Refuse("COLLATE of the column %s of type %s", column.Name, column.Type)
			}
			column.Type = types.Collated(column.Type, c.collationOf(name))
		}
		refuseNestedCollation(column.Name, must(a.ChildList()))
	}
	if v := must(def.DefaultValue()); v != nil {
		column.Default = must(v.Sql())
	}
	return column, options
}

// refuseNestedCollation refuses COLLATE within a STRUCT or an ARRAY.
func refuseNestedCollation(column string, list []*gsql.ResolvedColumnAnnotations) {
	for _, a := range list {
		if must(a.CollationName()) != nil {
			bqerror.Refuse("COLLATE within the column %s", column)
		}
		refuseNestedCollation(column, must(a.ChildList()))
	}
}
