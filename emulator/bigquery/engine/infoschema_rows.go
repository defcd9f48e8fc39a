package engine

import (
	"fmt"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func schemataRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		rows = append(rows, []any{
			d.Ref.Project, d.Ref.Dataset, nil, time.UnixMilli(d.Resource.CreationTime), time.UnixMilli(d.Resource.LastModifiedTime),
			d.Resource.Location, fmt.Sprintf("CREATE SCHEMA `%s.%s`\nOPTIONS(\n  location=\"%s\"\n);", d.Ref.Project, d.Ref.Dataset, d.Resource.Location), nil,
		})
	}
	return rows
}

func schemataOptionRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		if d.Resource.Description != "" {
			rows = append(rows, []any{d.Ref.Project, d.Ref.Dataset, "description", "STRING", `"` + d.Resource.Description + `"`})
		}
		rows = append(rows, []any{d.Ref.Project, d.Ref.Dataset, "location", "STRING", `"` + d.Resource.Location + `"`})
	}
	return rows
}

// eachTable makes rows for every table of the datasets.
func eachTable(datasets []*catalog.Dataset, f func(t *catalog.Table) [][]any) [][]any {
	var rows [][]any
	for _, d := range datasets {
		for _, t := range d.Tables() {
			rows = append(rows, f(t)...)
		}
	}
	return rows
}

func tablesRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	return eachTable(datasets, func(t *catalog.Table) [][]any {
		kind, insertable := "BASE TABLE", "YES"
		if t.IsView() {
			kind, insertable = strings.ReplaceAll(t.Resource.Type, "_", " "), "NO"
		}
		return [][]any{{
			t.Ref.Project, t.Ref.Dataset, t.Ref.Table, kind, nil, insertable, "NO", "NO", "NO", time.UnixMilli(t.Resource.CreationTime),
			nil, nil, nil, nil, "NULL", ddlText(t),
		}}
	})
}

func viewsRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	return eachTable(datasets, func(t *catalog.Table) [][]any {
		if t.Resource.View == nil {
			return nil
		}
		return [][]any{{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, t.ViewSQL(), nil, "YES"}}
	})
}

func columnsRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	return eachTable(datasets, func(t *catalog.Table) [][]any {
		var rows [][]any
		for i, c := range t.Columns {
			var cluster any
			if t.Resource.Clustering != nil {
				if n := indexFold(t.Resource.Clustering.Fields, c.Name); n >= 0 {
					cluster = n + 1
				}
			}
			value := "NULL"
			if c.Default != "" {
				value = c.Default
			}
			rows = append(rows, []any{
				t.Ref.Project, t.Ref.Dataset, t.Ref.Table, c.Name, i + 1, yesNo(!c.Required), c.Type.String(), "NEVER", nil, nil,
				"NO", nil, "NO", yesNo(strings.EqualFold(t.PartitionField(), c.Name)), cluster, "NULL", value, nil,
			})
		}
		return rows
	})
}

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func fieldPathRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	return eachTable(datasets, func(t *catalog.Table) [][]any {
		var rows [][]any
		if t.Resource.Schema == nil {
			return nil
		}
		var walk func(column, path string, f *bqv2.TableFieldSchema)
		walk = func(column, path string, f *bqv2.TableFieldSchema) {
			field, err := types.FromField(f)
			if err != nil {
				return // the catalog has accepted it, so it has a type
			}
			var description any
			if f.Description != "" {
				description = f.Description
			}
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, column, path, field.Type.String(), description, "NULL", nil})
			for _, sub := range f.Fields {
				walk(column, path+"."+sub.Name, sub)
			}
		}
		for _, f := range t.Resource.Schema.Fields {
			walk(f.Name, f.Name, f)
		}
		return rows
	})
}

func tableOptionRows(_ *Engine, datasets []*catalog.Dataset) [][]any {
	return eachTable(datasets, func(t *catalog.Table) [][]any {
		var rows [][]any
		for _, o := range tableOptions(t.Resource) {
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, o[0], o[1], o[2]})
		}
		return rows
	})
}

// partitionFormats are the ids of time partitions, in strftime's notation.
var partitionFormats = map[string]string{"HOUR": "%Y%m%d%H", "DAY": "%Y%m%d", "MONTH": "%Y%m", "YEAR": "%Y"}

// partitionsFrom counts the rows of each partition when the query runs.
func partitionsFrom(datasets []*catalog.Dataset) string {
	selects := []string{"SELECT NULL::VARCHAR AS table_catalog, NULL::VARCHAR AS table_schema, NULL::VARCHAR AS table_name, NULL::VARCHAR AS partition_id, " +
		"NULL::BIGINT AS total_rows, NULL::BIGINT AS total_logical_bytes, NULL::BIGINT AS total_billable_bytes, NULL::TIMESTAMP AS last_modified_time, " +
		"NULL::VARCHAR AS storage_tier WHERE FALSE"}
	for _, d := range datasets {
		for _, t := range d.Tables() {
			if t.IsView() {
				continue
			}
			selects = append(selects, partitionsOf(t))
		}
	}
	return "(" + strings.Join(selects, " UNION ALL ") + ")"
}

func partitionsOf(t *catalog.Table) string {
	id, group := "NULL", " HAVING count(*) > 0"
	field := types.Quote(t.PartitionField())
	switch {
	case t.Resource.TimePartitioning != nil:
		id = fmt.Sprintf("coalesce(strftime(%s, '%s'), '__NULL__')", field, partitionFormats[strings.ToUpper(t.Resource.TimePartitioning.Type)])
		group = " GROUP BY 4"
	case t.Resource.RangePartitioning != nil:
		r := t.Resource.RangePartitioning.Range
		id = fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN '__NULL__' WHEN %[1]s < %[2]d OR %[1]s >= %[3]d THEN '__UNPARTITIONED__' "+
			"ELSE CAST(%[2]d + (%[1]s - %[2]d) // %[4]d * %[4]d AS VARCHAR) END", field, r.Start, r.End, r.Interval)
		group = " GROUP BY 4"
	}
	bytes := fmt.Sprintf("count(*) * %d", rowBytes(t.Columns))
	return fmt.Sprintf("SELECT %s, %s, %s, %s, count(*), %s, %s, make_timestamp(%d), 'ACTIVE' FROM %s%s",
		constant(t.Ref.Project), constant(t.Ref.Dataset), constant(t.Ref.Table), id, bytes, bytes,
		int64(t.Resource.LastModifiedTime)*1000, t.Physical(), group)
}

// ddlText is the statement that would create a table.
func ddlText(t *catalog.Table) string {
	if t.IsView() {
		return fmt.Sprintf("CREATE VIEW `%s.%s.%s`\nAS %s;", t.Ref.Project, t.Ref.Dataset, t.Ref.Table, t.ViewSQL())
	}
	var columns []string
	for _, c := range t.Columns {
		def := "  " + c.Name + " " + c.Type.String()
		if c.Default != "" {
			def += " DEFAULT " + c.Default
		}
		if c.Required {
			def += " NOT NULL"
		}
		columns = append(columns, def)
	}
	return fmt.Sprintf("CREATE TABLE `%s.%s.%s`\n(\n%s\n);", t.Ref.Project, t.Ref.Dataset, t.Ref.Table, strings.Join(columns, ",\n"))
}
