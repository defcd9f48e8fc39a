// Package infoschema is INFORMATION_SCHEMA: relations that describe datasets and
// tables, made of the catalog anew for each statement.
package infoschema

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// infoView is a view of INFORMATION_SCHEMA: its columns, and its rows for
// the datasets asked for.
type infoView struct {
	columns []types.Field
	rows    func(datasets []*catalog.Dataset) [][]any
}

// cols declares columns as "name TYPE" pairs.
func cols(defs ...string) []types.Field {
	list := make([]types.Field, len(defs))
	for i, d := range defs {
		name, typ, _ := strings.Cut(d, " ")
		if typ == "ARRAY<STRING>" {
			list[i] = types.Field{Name: name, Type: types.ArrayOf(types.Of(types.String))}
			continue
		}
		kind, ok := types.KindOf(typ)
		if !ok {
			panic("infoschema: column " + d + " of INFORMATION_SCHEMA has no type")
		}
		list[i] = types.Field{Name: name, Type: types.Of(kind)}
	}
	return list
}

// infoViews are the views of INFORMATION_SCHEMA that the emulator has.
var infoViews = map[string]infoView{
	"SCHEMATA": {
		cols("catalog_name STRING", "schema_name STRING", "schema_owner STRING", "creation_time TIMESTAMP",
			"last_modified_time TIMESTAMP", "location STRING", "ddl STRING", "default_collation_name STRING"), schemataRows,
	},
	"TABLES": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "table_type STRING", "managed_table_type STRING",
			"is_insertable_into STRING", "is_fine_grained_mutations_enabled STRING", "is_typed STRING", "is_change_history_enabled STRING",
			"creation_time TIMESTAMP", "base_table_catalog STRING", "base_table_schema STRING", "base_table_name STRING",
			"snapshot_time_ms TIMESTAMP", "default_collation_name STRING", "ddl STRING"), tablesRows,
	},
	"COLUMNS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "column_name STRING", "ordinal_position INT64",
			"is_nullable STRING", "data_type STRING", "is_generated STRING", "generation_expression STRING", "is_stored STRING",
			"is_hidden STRING", "is_updatable STRING", "is_system_defined STRING", "is_partitioning_column STRING",
			"clustering_ordinal_position INT64", "collation_name STRING", "column_default STRING", "rounding_mode STRING", "policy_tags ARRAY<STRING>"), columnsRows,
	},
	"COLUMN_FIELD_PATHS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "column_name STRING", "field_path STRING",
			"data_type STRING", "description STRING", "collation_name STRING", "rounding_mode STRING", "policy_tags ARRAY<STRING>"), fieldPathRows,
	},
	"VIEWS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "view_definition STRING", "check_option STRING",
			"use_standard_sql STRING"), viewsRows,
	},
	"MATERIALIZED_VIEWS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "last_refresh_time TIMESTAMP", "refresh_watermark TIMESTAMP",
			"last_refresh_status JSON"), materializedRows,
	},
	"TABLE_OPTIONS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "option_name STRING", "option_type STRING",
			"option_value STRING"), tableOptionRows,
	},
	"SCHEMATA_OPTIONS": {
		cols("catalog_name STRING", "schema_name STRING", "option_name STRING", "option_type STRING", "option_value STRING"), schemataOptionRows,
	},
	"PARTITIONS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "partition_id STRING", "total_rows INT64",
			"total_logical_bytes INT64", "total_billable_bytes INT64", "last_modified_time TIMESTAMP", "storage_tier STRING"), nil,
	},
	"ROUTINES": {
		cols("specific_catalog STRING", "specific_schema STRING", "specific_name STRING", "routine_catalog STRING", "routine_schema STRING",
			"routine_name STRING", "routine_type STRING", "data_type STRING", "routine_body STRING", "routine_definition STRING",
			"external_language STRING", "is_deterministic STRING", "security_type STRING", "created TIMESTAMP", "last_altered TIMESTAMP",
			"ddl STRING"), routinesRows,
	},
	"PARAMETERS": {
		cols("specific_catalog STRING", "specific_schema STRING", "specific_name STRING", "ordinal_position INT64", "parameter_mode STRING",
			"is_result STRING", "parameter_name STRING", "data_type STRING", "parameter_default STRING", "is_aggregate BOOL"), parametersRows,
	},
	"TABLE_CONSTRAINTS": {
		cols("constraint_catalog STRING", "constraint_schema STRING", "constraint_name STRING", "table_catalog STRING", "table_schema STRING",
			"table_name STRING", "constraint_type STRING", "is_deferrable STRING", "initially_deferred STRING", "enforced STRING"), constraintRows,
	},
	"KEY_COLUMN_USAGE": {
		cols("constraint_catalog STRING", "constraint_schema STRING", "constraint_name STRING", "table_catalog STRING", "table_schema STRING",
			"table_name STRING", "column_name STRING", "ordinal_position INT64", "position_in_unique_constraint INT64"), keyUsageRows,
	},
	"CONSTRAINT_COLUMN_USAGE": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "column_name STRING", "constraint_catalog STRING",
			"constraint_schema STRING", "constraint_name STRING"), constraintUsageRows,
	},
	"OBJECT_PRIVILEGES": {
		cols("object_catalog STRING", "object_schema STRING", "object_name STRING", "object_type STRING", "privilege_type STRING", "grantee STRING"), privilegeRows,
	},
	"SEARCH_INDEXES": {
		cols("index_catalog STRING", "index_schema STRING", "table_name STRING", "index_name STRING", "index_status STRING",
			"creation_time TIMESTAMP", "last_modification_time TIMESTAMP", "last_refresh_time TIMESTAMP", "disable_time TIMESTAMP",
			"disable_reason STRING", "ddl STRING", "coverage_percentage INT64", "unindexed_row_count INT64", "total_logical_bytes INT64",
			"total_storage_bytes INT64", "analyzer STRING"), indexRows(false),
	},
	"SEARCH_INDEX_COLUMNS": {indexColumns, indexColumnRows(false)},
	"VECTOR_INDEXES": {
		cols("index_catalog STRING", "index_schema STRING", "table_name STRING", "index_name STRING", "index_status STRING",
			"creation_time TIMESTAMP", "last_modification_time TIMESTAMP", "last_refresh_time TIMESTAMP", "disable_time TIMESTAMP",
			"disable_reason STRING", "ddl STRING", "coverage_percentage INT64", "unindexed_row_count INT64", "total_logical_bytes INT64",
			"total_storage_bytes INT64"), indexRows(true),
	},
	"VECTOR_INDEX_COLUMNS": {indexColumns, indexColumnRows(true)},
	"TABLE_SNAPSHOTS": {
		cols("table_catalog STRING", "table_schema STRING", "table_name STRING", "base_table_catalog STRING", "base_table_schema STRING",
			"base_table_name STRING", "snapshot_time TIMESTAMP"), snapshotRows,
	},
	"ROUTINE_OPTIONS": {
		cols("specific_catalog STRING", "specific_schema STRING", "specific_name STRING", "option_name STRING", "option_type STRING",
			"option_value STRING"), routineOptionRows,
	},
	"TABLE_STORAGE":            {storageColumns, nil},
	"TABLE_STORAGE_BY_PROJECT": {storageColumns, nil},
}

// valuesFrom is a relation of constants.
func valuesFrom(columns []types.Field, rows [][]any) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = types.Quote(c.Name)
	}
	var list []string
	for _, row := range rows {
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "CAST(" + nested(row[i], c.Type) + " AS " + c.Type.DuckDB() + ")"
		}
		list = append(list, "("+strings.Join(values, ", ")+")")
	}
	where := ""
	if len(list) == 0 {
		nulls := make([]string, len(columns))
		for i, c := range columns {
			nulls[i] = "CAST(NULL AS " + c.Type.DuckDB() + ")"
		}
		list, where = []string{"(" + strings.Join(nulls, ", ") + ")"}, " WHERE FALSE"
	}
	return fmt.Sprintf("(SELECT * FROM (VALUES %s) AS _v(%s)%s)", strings.Join(list, ", "), strings.Join(names, ", "), where)
}

func constant(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + strings.ReplaceAll(x, "'", "''") + "'"
	case time.Time:
		return fmt.Sprintf("make_timestamp(%d)", x.UnixMicro())
	default:
		return fmt.Sprint(x)
	}
}

// Has reports whether the emulator has a view of INFORMATION_SCHEMA, by its name in
// capitals.
func Has(view string) bool {
	_, ok := infoViews[view]
	return ok
}

// Source is a view of INFORMATION_SCHEMA of some datasets.
func Source(view string, datasets []*catalog.Dataset) *resolved.Source {
	v := infoViews[view]
	from := ""
	switch {
	case view == "PARTITIONS":
		from = partitionsFrom(datasets)
	case strings.HasPrefix(view, "TABLE_STORAGE"):
		from = storageFrom(datasets)
	default:
		from = valuesFrom(v.columns, v.rows(datasets))
	}
	return source("INFORMATION_SCHEMA."+view, v.columns, from)
}

// source is a relation by its text in DuckDB's SQL.
func source(name string, columns []types.Field, from string) *resolved.Source {
	hash := fnv.New64a()
	hash.Write([]byte(from))
	return &resolved.Source{
		Name: name, Fingerprint: strconv.FormatUint(hash.Sum64(), 16),
		Columns: columns, Visible: len(columns), From: from,
	}
}
