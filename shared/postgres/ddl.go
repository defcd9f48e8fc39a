package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// columnTypes are the types of PostgreSQL for those of the schema files. Text is compared
// byte by byte, as BigQuery does, whatever the database's collation is.
var columnTypes = map[string]string{
	"STRING":    `text COLLATE "C"`,
	"BYTES":     "bytea",
	"INT64":     "bigint",
	"FLOAT64":   "double precision",
	"BOOL":      "boolean",
	"TIMESTAMP": "timestamptz",
	"DATE":      "date",
}

// DDL returns the statements that create the schemas and tables of shared/warehouse.
//
// Tables of raw are partitioned by day (migrations/00002_partitions.sql). Tables whose partitioning
// column a record brings aren't: a unique key of PostgreSQL must contain that column,
// and theirs doesn't. The key and indexes do there what partitions and clusters do on
// BigQuery. No table has warehouse.LogColumn: an index finds a voter's row alone.
func DDL() string {
	var b strings.Builder
	for _, name := range warehouse.Datasets {
		fmt.Fprintf(&b, "CREATE SCHEMA %s;\n", name)
	}
	for _, t := range warehouse.Tables() {
		b.WriteString("\n" + createTable(t))
	}
	return b.String()
}

// createTable returns the statements that create one table.
func createTable(t warehouse.Table) string {
	var lines []string
	fields := slices.DeleteFunc(slices.Clone(t.Fields), func(f warehouse.Field) bool { return f.Name == warehouse.LogColumn })
	for _, f := range fields {
		line := "  " + f.Name + " " + columnTypes[f.Type]
		if f.Required() {
			line += " NOT NULL"
		}
		lines = append(lines, line)
	}
	if len(t.Key) > 0 {
		lines = append(lines, "  PRIMARY KEY ("+strings.Join(t.Key, ", ")+")")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n%s\n)", t.ID(), strings.Join(lines, ",\n"))
	if byDay(t) {
		fmt.Fprintf(&b, " PARTITION BY RANGE (%s)", t.Partitioning.Field)
	}
	b.WriteString(";\n")
	for _, columns := range indexes(t) {
		fmt.Fprintf(&b, "CREATE INDEX %s_%s ON %s (%s);\n", t.Name, strings.Join(columns, "_"), t.ID(), strings.Join(columns, ", "))
	}
	fmt.Fprintf(&b, "COMMENT ON TABLE %s IS %s;\n", t.ID(), quote(t.Description))
	for _, f := range fields {
		fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", t.ID(), f.Name, quote(f.Description))
	}
	return b.String()
}

// byDay reports whether a table has a partition for each day.
func byDay(t warehouse.Table) bool { return t.Dataset == "raw" }

// indexes returns the columns of each index of a table: the partitioning column, unless
// the key begins with it or the table is small enough to be read whole.
func indexes(t warehouse.Table) [][]string {
	field := t.Partitioning.Field
	if slices.Contains(t.Key[:min(1, len(t.Key))], field) || t.Partitioning.Type == "DAY" && !byDay(t) {
		return nil
	}
	return [][]string{{field}}
}

// quote returns a text as a literal of SQL.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
