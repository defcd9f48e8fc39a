package infoschema

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// partitionsFrom counts the rows of each partition when the query runs.
func partitionsFrom(datasets []*catalog.Dataset) string {
	selects := []string{"SELECT NULL::VARCHAR AS table_catalog, NULL::VARCHAR AS table_schema, NULL::VARCHAR AS table_name, NULL::VARCHAR AS partition_id, " +
		"NULL::BIGINT AS total_rows, NULL::BIGINT AS total_logical_bytes, NULL::BIGINT AS total_billable_bytes, NULL::TIMESTAMP AS last_modified_time, " +
		"NULL::VARCHAR AS storage_tier WHERE FALSE"}
	for _, d := range datasets {
		for _, t := range d.Tables() {
			if t.IsView() || t.IsExternal() {
				continue
			}
			selects = append(selects, partitionsOf(t))
		}
	}
	return "(" + strings.Join(selects, " UNION ALL ") + ")"
}

// partitionFormats are the ids of time partitions, in strftime's notation.
var partitionFormats = map[string]string{"HOUR": "%Y%m%d%H", "DAY": "%Y%m%d", "MONTH": "%Y%m", "YEAR": "%Y"}

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
	bytes := fmt.Sprintf("count(*) * %d", types.RowBytes(t.Columns))
	return fmt.Sprintf("SELECT %s, %s, %s, %s, count(*), %s, %s, make_timestamp(%d), 'ACTIVE' FROM %s%s",
		constant(t.Ref.Project), constant(t.Ref.Dataset), constant(t.Ref.Table), id, bytes, bytes,
		int64(t.Resource.LastModifiedTime)*1000, t.Physical(), group)
}
