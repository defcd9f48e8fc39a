package infoschema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
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
			d.Resource.Location, schemaDDL(d), orNull(d.Resource.DefaultCollation),
		})
	}
	return rows
}

// schemaDDL is the statement that would create a dataset.
func schemaDDL(d *catalog.Dataset) string {
	var list []string
	for _, o := range schemaOptions(d) {
		list = append(list, "\n  "+o[0]+"="+strings.ReplaceAll(o[2], "STRUCT(", "("))
	}
	return fmt.Sprintf("CREATE SCHEMA `%s.%s`\nOPTIONS(%s\n);", d.Ref.Project, d.Ref.Dataset, strings.Join(list, ","))
}

func schemataOptionRows(datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		for _, o := range schemaOptions(d) {
			rows = append(rows, []any{d.Ref.Project, d.Ref.Dataset, o[0], o[1], o[2]})
		}
	}
	return rows
}

// schemaOptions lists a dataset's options as SQL would set them: name, type and value.
func schemaOptions(d *catalog.Dataset) [][3]string {
	var list [][3]string
	r := d.Resource
	if ms := r.DefaultPartitionExpirationMs; ms > 0 {
		list = append(list, [3]string{"default_partition_expiration_days", "FLOAT64", days(ms)})
	}
	if ms := r.DefaultTableExpirationMs; ms > 0 {
		list = append(list, [3]string{"default_table_expiration_days", "FLOAT64", days(ms)})
	}
	if r.Description != "" {
		list = append(list, [3]string{"description", "STRING", quoted(r.Description)})
	}
	if r.FriendlyName != "" {
		list = append(list, [3]string{"friendly_name", "STRING", quoted(r.FriendlyName)})
	}
	if len(r.Labels) > 0 {
		list = append(list, [3]string{"labels", "ARRAY<STRUCT<STRING, STRING>>", labelArray(r.Labels)})
	}
	list = append(list, [3]string{"location", "STRING", quoted(r.Location)})
	if h := r.MaxTimeTravelHours; h > 0 {
		list = append(list, [3]string{"max_time_travel_hours", "INT64", strconv.FormatInt(h, 10)})
	}
	return list
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
		kind, base, at := kindOf(t)
		insertable := yesNo(kind == "BASE TABLE" || kind == "CLONE")
		return [][]any{{
			t.Ref.Project, t.Ref.Dataset, t.Ref.Table, kind, nil, insertable, "NO", "NO", yesNo(t.ChangeHistory), time.UnixMilli(t.Resource.CreationTime),
			base[0], base[1], base[2], at, collationName(t.Resource.DefaultCollation), ddlText(t),
		}}
	})
}

// kindOf is the type of a table, and what it was made of and when, if it is a clone or a
// snapshot: project, dataset, table.
func kindOf(t *catalog.Table) (kind string, base [3]any, at any) {
	made := func(r *bqv2.TableReference, when string) {
		base = [3]any{r.ProjectId, r.DatasetId, r.TableId}
		if parsed, err := time.Parse(time.RFC3339Nano, when); err == nil {
			at = parsed
		}
	}
	switch r := t.Resource; {
	case t.IsView():
		return strings.ReplaceAll(r.Type, "_", " "), base, nil
	case t.IsExternal():
		return "EXTERNAL", base, nil
	case r.SnapshotDefinition != nil:
		made(r.SnapshotDefinition.BaseTableReference, r.SnapshotDefinition.SnapshotTime)
		return "SNAPSHOT", base, at
	case r.CloneDefinition != nil:
		made(r.CloneDefinition.BaseTableReference, r.CloneDefinition.CloneTime)
		return "CLONE", base, at
	}
	return "BASE TABLE", base, nil
}

func snapshotRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		kind, base, at := kindOf(t)
		if kind != "SNAPSHOT" {
			return nil
		}
		return [][]any{{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, base[0], base[1], base[2], at}}
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
				t.Ref.Project, t.Ref.Dataset, t.Ref.Table, c.Name, i + 1, yesNo(!c.Required), c.SQL(), "NEVER", nil, nil,
				"NO", nil, "NO", yesNo(strings.EqualFold(t.PartitionField(), c.Name)), cluster, collationName(c.Type.Collation), value, nil, policyTags(t.Resource.Schema.Fields[i]),
			})
		}
		return rows
	})
}

// collationName is a collation as columns of text show it.
func collationName(name string) string {
	if name == "" {
		return "NULL"
	}
	return name
}

// policyTags are those of a field.
func policyTags(f *bqv2.TableFieldSchema) []any {
	list := []any{}
	if f.PolicyTags != nil {
		for _, name := range f.PolicyTags.Names {
			list = append(list, name)
		}
	}
	return list
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
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, column, path, field.SQL(), description, collationName(f.Collation), nil, policyTags(f)})
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
		for _, o := range tableOptions(t) {
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, o[0], o[1], o[2]})
		}
		return rows
	})
}

// quoted is a string literal of SQL.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// labelArray lists labels as SQL would set them.
func labelArray(labels map[string]string) string {
	var pairs []string
	for _, k := range sortedKeys(labels) {
		pairs = append(pairs, fmt.Sprintf("STRUCT(%s, %s)", quoted(k), quoted(labels[k])))
	}
	return "[" + strings.Join(pairs, ", ") + "]"
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func days(ms int64) string { return fmt.Sprintf("%.1f", float64(ms)/86_400_000) }

// tableOptions lists a table's options as SQL would set them: name, type and value.
func tableOptions(table *catalog.Table) [][3]string {
	var list [][3]string
	t := table.Resource
	if table.IsExternal() {
		list = externalOptions(t.ExternalDataConfiguration)
	}
	if t.Description != "" {
		list = append(list, [3]string{"description", "STRING", quoted(t.Description)})
	}
	if table.ChangeHistory {
		list = append(list, [3]string{"enable_change_history", "BOOL", "true"})
	}
	if t.ExpirationTime != 0 {
		list = append(list, [3]string{"expiration_timestamp", "TIMESTAMP", fmt.Sprintf("TIMESTAMP_MILLIS(%d)", t.ExpirationTime)})
	}
	if t.FriendlyName != "" {
		list = append(list, [3]string{"friendly_name", "STRING", quoted(t.FriendlyName)})
	}
	if len(t.Labels) > 0 {
		list = append(list, [3]string{"labels", "ARRAY<STRUCT<STRING, STRING>>", labelArray(t.Labels)})
	}
	if p := t.TimePartitioning; p != nil && p.ExpirationMs != 0 {
		list = append(list, [3]string{"partition_expiration_days", "FLOAT64", days(p.ExpirationMs)})
	}
	if t.RequirePartitionFilter {
		list = append(list, [3]string{"require_partition_filter", "BOOL", "true"})
	}
	if len(t.ResourceTags) > 0 {
		list = append(list, [3]string{"tags", "ARRAY<STRUCT<STRING, STRING>>", labelArray(t.ResourceTags)})
	}
	return list
}
