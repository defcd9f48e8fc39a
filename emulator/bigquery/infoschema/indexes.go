package infoschema

import (
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var indexColumns = cols("index_catalog STRING", "index_schema STRING", "table_name STRING", "index_name STRING", "index_column_name STRING",
	"index_field_path STRING")

// indexes makes rows for the search indexes of the datasets, or for the vector indexes.
func indexes(datasets []*catalog.Dataset, vector bool, f func(t *catalog.Table, i *catalog.Index) [][]any) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) (rows [][]any) {
		for _, i := range t.Indexes {
			if i.Vector == vector {
				rows = append(rows, f(t, i)...)
			}
		}
		return rows
	})
}

// indexRows describes indexes as those of tables that are too small for BigQuery to fill them.
func indexRows(vector bool) func([]*catalog.Dataset) [][]any {
	return func(datasets []*catalog.Dataset) [][]any {
		return indexes(datasets, vector, func(t *catalog.Table, i *catalog.Index) [][]any {
			row := []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, i.Name, "ACTIVE", i.Created, i.Created, nil, nil, nil, i.DDL, 0, nil, 0, 0}
			if !vector {
				row = append(row, i.Analyzer)
			}
			return [][]any{row}
		})
	}
}

func indexColumnRows(vector bool) func([]*catalog.Dataset) [][]any {
	return func(datasets []*catalog.Dataset) [][]any {
		return indexes(datasets, vector, func(t *catalog.Table, i *catalog.Index) (rows [][]any) {
			for _, name := range i.Columns {
				for _, c := range t.Columns {
					if c.Name != name {
						continue
					}
					for _, path := range indexed(c.Name, c.Type, vector) {
						rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, i.Name, c.Name, path})
					}
				}
			}
			return rows
		})
	}
}

// indexed are the fields of a column that are indexed: those of a STRUCT by themselves.
func indexed(path string, t *types.Type, vector bool) (list []string) {
	if t.Kind != types.Struct {
		if vector || t.Searchable() {
			list = append(list, path)
		}
		return list
	}
	for _, f := range t.Fields {
		list = append(list, indexed(path+"."+f.Name, f.Type, vector)...)
	}
	return list
}
