package infoschema

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func schemataRows(datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		rows = append(rows, []any{
			d.Ref.Project, d.Ref.Dataset, nil, time.UnixMilli(d.Resource.CreationTime), time.UnixMilli(d.Resource.LastModifiedTime),
			d.Resource.Location, fmt.Sprintf("CREATE SCHEMA `%s.%s`\nOPTIONS(\n  location=\"%s\"\n);", d.Ref.Project, d.Ref.Dataset, d.Resource.Location), nil,
		})
	}
	return rows
}

func schemataOptionRows(datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		if d.Resource.Description != "" {
			rows = append(rows, []any{d.Ref.Project, d.Ref.Dataset, "description", "STRING", `"` + d.Resource.Description + `"`})
		}
		rows = append(rows, []any{d.Ref.Project, d.Ref.Dataset, "location", "STRING", `"` + d.Resource.Location + `"`})
	}
	return rows
}

// each makes rows for everything of a kind in the datasets.
func each[T any](datasets []*catalog.Dataset, list func(*catalog.Dataset) []T, f func(T) [][]any) [][]any {
	var rows [][]any
	for _, d := range datasets {
		for _, x := range list(d) {
			rows = append(rows, f(x)...)
		}
	}
	return rows
}

func tablesRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
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

func viewsRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		if t.Resource.View == nil {
			return nil
		}
		return [][]any{{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, t.ViewSQL(), nil, "YES"}}
	})
}

func materializedRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		if t.Resource.MaterializedView == nil {
			return nil
		}
		return [][]any{{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, nil, nil, nil}}
	})
}

func columnsRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		var rows [][]any
		for i, c := range t.Columns {
			var cluster any
			if t.Resource.Clustering != nil {
				if n := slices.IndexFunc(t.Resource.Clustering.Fields, func(f string) bool { return strings.EqualFold(f, c.Name) }); n >= 0 {
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

func fieldPathRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
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

func tableOptionRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		var rows [][]any
		for _, o := range tableOptions(t.Resource) {
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, o[0], o[1], o[2]})
		}
		return rows
	})
}

// tableOptions lists a table's options as SQL would set them, for
// INFORMATION_SCHEMA: name, type and value.
func tableOptions(t *bqv2.Table) [][3]string {
	var list [][3]string
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
	if t.Description != "" {
		list = append(list, [3]string{"description", "STRING", quoted(t.Description)})
	}
	if t.ExpirationTime != 0 {
		list = append(list, [3]string{"expiration_timestamp", "TIMESTAMP", fmt.Sprintf("TIMESTAMP_MILLIS(%d)", t.ExpirationTime)})
	}
	if t.FriendlyName != "" {
		list = append(list, [3]string{"friendly_name", "STRING", quoted(t.FriendlyName)})
	}
	if len(t.Labels) > 0 {
		var pairs []string
		for k, v := range t.Labels {
			pairs = append(pairs, fmt.Sprintf("STRUCT(%s, %s)", quoted(k), quoted(v)))
		}
		sort.Strings(pairs)
		list = append(list, [3]string{"labels", "ARRAY<STRUCT<STRING, STRING>>", "[" + strings.Join(pairs, ", ") + "]"})
	}
	if p := t.TimePartitioning; p != nil && p.ExpirationMs != 0 {
		days := float64(p.ExpirationMs) / 86_400_000
		list = append(list, [3]string{"partition_expiration_days", "FLOAT64", fmt.Sprintf("%.1f", days)})
	}
	if t.RequirePartitionFilter {
		list = append(list, [3]string{"require_partition_filter", "BOOL", "true"})
	}
	return list
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
