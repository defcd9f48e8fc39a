package infoschema

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// MetaTable is the table of a dataset that lists its tables, with how much each holds. It
// is older than INFORMATION_SCHEMA, and the only one of the two that has sizes.
const MetaTable = "__TABLES__"

var metaColumns = cols("project_id STRING", "dataset_id STRING", "table_id STRING", "creation_time INT64", "last_modified_time INT64",
	"row_count INT64", "size_bytes INT64", "type INT64")

// Meta is __TABLES__ of a dataset. Its times are milliseconds; its types are 1 for a table,
// 2 for a view and 3 for an external table. The rows are counted when the query runs.
func Meta(d *catalog.Dataset) *resolved.Source {
	selects := []string{"SELECT NULL::VARCHAR AS project_id, NULL::VARCHAR AS dataset_id, NULL::VARCHAR AS table_id, NULL::BIGINT AS creation_time, " +
		"NULL::BIGINT AS last_modified_time, NULL::BIGINT AS row_count, NULL::BIGINT AS size_bytes, NULL::BIGINT AS type WHERE FALSE"}
	for _, t := range d.Tables() {
		rows, from, kind := "count(*)", " FROM "+t.Physical(), 1
		if t.IsView() {
			rows, from, kind = "0", "", 2
		}
		if t.IsExternal() {
			rows, from, kind = "0", "", 3
		}
		selects = append(selects, fmt.Sprintf("SELECT %s, %s, %s, %d, %d, %s, %s * %d, %d%s",
			constant(t.Ref.Project), constant(t.Ref.Dataset), constant(t.Ref.Table), t.Resource.CreationTime, t.Resource.LastModifiedTime,
			rows, rows, types.RowBytes(t.Columns), kind, from))
	}
	return source(d.Ref.Dataset+"."+MetaTable, metaColumns, "("+strings.Join(selects, " UNION ALL ")+")")
}
