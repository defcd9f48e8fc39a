package infoschema

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// storageColumns are those of TABLE_STORAGE that the emulator knows the values of: it has no
// physical bytes (https://cloud.google.com/bigquery/docs/information-schema-table-storage).
var storageColumns = cols("project_id STRING", "table_catalog STRING", "table_schema STRING", "table_name STRING", "creation_time TIMESTAMP",
	"total_rows INT64", "total_partitions INT64", "total_logical_bytes INT64", "active_logical_bytes INT64", "long_term_logical_bytes INT64",
	"storage_last_modified_time TIMESTAMP", "deleted BOOL", "table_type STRING")

// storageFrom counts the rows of each table when the query runs.
func storageFrom(datasets []*catalog.Dataset) string {
	selects := []string{strings.TrimSuffix(strings.TrimPrefix(valuesFrom(storageColumns, nil), "("), ")")}
	for _, d := range datasets {
		for _, t := range d.Tables() {
			kind, _, _ := kindOf(t)
			if kind == "VIEW" || kind == "EXTERNAL" {
				continue
			}
			rows, partitions, from := "0", "0", ""
			if !t.IsView() {
				rows, partitions, from = "count(*)", partitionCount(t), " FROM "+t.Physical()
			}
			bytes := fmt.Sprintf("%s * %d", rows, types.RowBytes(t.Columns))
			selects = append(selects, fmt.Sprintf("SELECT %[1]s, %[1]s, %s, %s, make_timestamp(%d), %s, %s, %[8]s, %[8]s, 0, make_timestamp(%[9]d), false, %[10]s%[11]s",
				constant(t.Ref.Project), constant(t.Ref.Dataset), constant(t.Ref.Table), t.Resource.CreationTime*1000, rows, partitions, "",
				bytes, int64(t.Resource.LastModifiedTime)*1000, constant(kind), from))
		}
	}
	return "(" + strings.Join(selects, " UNION ALL ") + ")"
}

// partitionCount counts the partitions of a table.
func partitionCount(t *catalog.Table) string {
	p := catalog.PartitioningOf(t.Resource)
	if p.Field == "" {
		return "0"
	}
	return fmt.Sprintf("count(DISTINCT %s)", p.NumberSQL())
}
