package infoschema

import (
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// ddlText is the statement that would create a table or a view.
func ddlText(t *catalog.Table) string {
	name := fmt.Sprintf("`%s.%s.%s`", t.Ref.Project, t.Ref.Dataset, t.Ref.Table)
	options := optionClause(t)
	r := t.Resource
	switch {
	case r.MaterializedView != nil:
		return fmt.Sprintf("CREATE MATERIALIZED VIEW %s%s%s\nAS %s;", name, partitionClause(r), options, t.ViewSQL())
	case t.IsView():
		return fmt.Sprintf("CREATE VIEW %s%s\nAS %s;", name, options, t.ViewSQL())
	case r.SnapshotDefinition != nil:
		return fmt.Sprintf("CREATE SNAPSHOT TABLE %s\nCLONE %s%s;", name, quotedTable(r.SnapshotDefinition.BaseTableReference), options)
	}
	if t.IsExternal() {
		return externalDDL(t, name)
	}
	var columns []string
	for i, c := range t.Columns {
		columns = append(columns, "  "+columnDDL(c, r.Schema.Fields[i]))
	}
	if c := r.TableConstraints; c != nil && c.PrimaryKey != nil {
		columns = append(columns, "  PRIMARY KEY ("+identifiers(c.PrimaryKey.Columns)+") NOT ENFORCED")
	}
	body := ""
	if len(columns) > 0 {
		body = "\n(\n" + strings.Join(columns, ",\n") + "\n)"
	}
	return "CREATE TABLE " + name + body + partitionClause(r) + options + ";"
}

func quotedTable(r *bqv2.TableReference) string {
	return fmt.Sprintf("`%s.%s.%s`", r.ProjectId, r.DatasetId, r.TableId)
}

func columnDDL(c types.Field, f *bqv2.TableFieldSchema) string {
	def := identifier(c.Name) + " " + c.SQL()
	if c.Type.Collation != "" {
		def += " COLLATE '" + c.Type.Collation + "'"
	}
	if c.Default != "" {
		def += " DEFAULT " + c.Default
	}
	if c.Required {
		def += " NOT NULL"
	}
	if f.Description != "" {
		def += " OPTIONS(description=" + quoted(f.Description) + ")"
	}
	return def
}

// partitionClause is PARTITION BY and CLUSTER BY of a table.
func partitionClause(r *bqv2.Table) string {
	clause := ""
	switch p := r.TimePartitioning; {
	case r.RangePartitioning != nil:
		x := r.RangePartitioning
		clause = fmt.Sprintf("\nPARTITION BY RANGE_BUCKET(%s, GENERATE_ARRAY(%d, %d, %d))", identifier(x.Field), x.Range.Start, x.Range.End, x.Range.Interval)
	case p == nil:
	case p.Field == "" && p.Type == "DAY":
		clause = "\nPARTITION BY DATE(_PARTITIONTIME)"
	case p.Field == "":
		clause = fmt.Sprintf("\nPARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, %s)", p.Type)
	default:
		clause = "\nPARTITION BY " + partitionExpression(r, p)
	}
	if r.Clustering != nil {
		clause += "\nCLUSTER BY " + identifiers(r.Clustering.Fields)
	}
	return clause
}

// partitionExpression is the expression by whose value a table is partitioned.
func partitionExpression(r *bqv2.Table, p *bqv2.TimePartitioning) string {
	kind, name := "", identifier(p.Field)
	for _, f := range r.Schema.Fields {
		if strings.EqualFold(f.Name, p.Field) {
			kind = f.Type
		}
	}
	switch {
	case kind == "DATE" && p.Type == "DAY":
		return name
	case p.Type == "DAY":
		return "DATE(" + name + ")"
	}
	return fmt.Sprintf("%s_TRUNC(%s, %s)", kind, name, p.Type)
}

// optionClause is OPTIONS of a table.
func optionClause(t *catalog.Table) string {
	var list []string
	for _, o := range tableOptions(t) {
		list = append(list, "\n  "+o[0]+"="+strings.ReplaceAll(o[2], "STRUCT(", "("))
	}
	if len(list) == 0 {
		return ""
	}
	return "\nOPTIONS(" + strings.Join(list, ",") + "\n)"
}
