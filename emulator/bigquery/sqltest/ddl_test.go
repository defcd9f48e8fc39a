package sqltest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDDL(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for _, step := range []struct {
		sql       string
		operation string
		read      string // checked after sql
		want      [][]any
	}{
		{"CREATE TABLE d.t (id INT64 NOT NULL, name STRING DEFAULT 'none', made TIMESTAMP DEFAULT CURRENT_TIMESTAMP()) OPTIONS (description = 'a table')", "CREATE",
			"SELECT option_value FROM d.INFORMATION_SCHEMA.TABLE_OPTIONS", [][]any{{`"a table"`}}},
		{"CREATE TABLE IF NOT EXISTS d.t (x INT64)", "SKIP", "SELECT column_name FROM d.INFORMATION_SCHEMA.COLUMNS ORDER BY ordinal_position", [][]any{{"id"}, {"name"}, {"made"}}},
		{"INSERT d.t (id) VALUES (1)", "", "SELECT id, name, made IS NOT NULL FROM d.t", [][]any{{int64(1), "none", true}}},
		{"INSERT d.t (id, name) VALUES (2, DEFAULT), (3, 'x')", "", "SELECT id, name FROM d.t WHERE id > 1 ORDER BY id", [][]any{{int64(2), "none"}, {int64(3), "x"}}},
		{"ALTER TABLE d.t ADD COLUMN tags ARRAY<STRING>, ADD COLUMN s STRUCT<a INT64, b STRING>", "ALTER", "SELECT ARRAY_LENGTH(tags), s.a FROM d.t WHERE id = 1", [][]any{{int64(0), nil}}},
		{"UPDATE d.t SET s = STRUCT(1, 'b'), tags = ['x'] WHERE id = 1", "", "SELECT s, tags FROM d.t WHERE id = 1", [][]any{{[]any{int64(1), "b"}, []any{"x"}}}},
		{"UPDATE d.t SET s.b = 'c', name = DEFAULT WHERE id = 1", "", "SELECT s, name FROM d.t WHERE id = 1", [][]any{{[]any{int64(1), "c"}, "none"}}},
		{"ALTER TABLE d.t RENAME COLUMN name TO label", "ALTER", "SELECT label FROM d.t WHERE id = 3", [][]any{{"x"}}},
		{"ALTER TABLE d.t DROP COLUMN made", "ALTER", "SELECT COUNT(*) FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't'", [][]any{{int64(4)}}},
		{"ALTER TABLE d.t ALTER COLUMN id DROP NOT NULL", "ALTER", "SELECT is_nullable FROM d.INFORMATION_SCHEMA.COLUMNS WHERE column_name = 'id'", [][]any{{"YES"}}},
		{"CREATE VIEW d.v AS SELECT id, label FROM d.t WHERE id > 1", "CREATE", "SELECT * FROM d.v ORDER BY id", [][]any{{int64(2), "none"}, {int64(3), "x"}}},
		{"CREATE OR REPLACE VIEW d.v AS SELECT COUNT(*) AS n FROM d.t", "REPLACE", "SELECT n FROM d.v", [][]any{{int64(3)}}},
		{"CREATE TABLE d.copy COPY d.t", "CREATE", "SELECT COUNT(*) FROM d.copy", [][]any{{int64(3)}}},
		{"CREATE TABLE d.like_t LIKE d.t", "CREATE", "SELECT COUNT(*) FROM d.like_t", [][]any{{int64(0)}}},
		{"ALTER TABLE d.copy RENAME TO moved", "ALTER", "SELECT COUNT(*) FROM d.moved", [][]any{{int64(3)}}},
		{"CREATE OR REPLACE TABLE d.t PARTITION BY day CLUSTER BY k AS SELECT DATE '2024-01-01' AS day, 'a' AS k", "REPLACE",
			"SELECT column_name, is_partitioning_column, clustering_ordinal_position FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't' ORDER BY 1", [][]any{{"day", "YES", nil}, {"k", "NO", int64(1)}}},
		{"TRUNCATE TABLE d.t", "", "SELECT COUNT(*) FROM d.t", [][]any{{int64(0)}}},
		{"DROP VIEW d.v", "DROP", "SELECT COUNT(*) FROM d.INFORMATION_SCHEMA.VIEWS", [][]any{{int64(0)}}},
		{"DROP TABLE IF EXISTS d.nope", "SKIP", "SELECT 1", [][]any{{int64(1)}}},
		{"CREATE SCHEMA other", "CREATE", "SELECT schema_name FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1", [][]any{{"d"}, {"other"}}},
		{"DROP SCHEMA other CASCADE", "DROP", "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SCHEMATA", [][]any{{int64(1)}}},
	} {
		res := query(t, e, step.sql)
		if res.DDLOperation != step.operation {
			t.Errorf("%s: operation %q, want %q", step.sql, res.DDLOperation, step.operation)
		}
		if diff := cmp.Diff(step.want, values(t, e, step.read)); diff != "" {
			t.Errorf("%s; %s (-want +got):\n%s", step.sql, step.read, diff)
		}
	}
}

func TestDDLErrors(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (id INT64 NOT NULL, day DATE) PARTITION BY day OPTIONS (require_partition_filter = TRUE)")
	for sql, want := range map[string]string{
		"CREATE TABLE d.t (x INT64)":                           "Already Exists: Table p:d.t",
		"CREATE TABLE nope.t (x INT64)":                        "Not found: Dataset p:nope",
		"DROP TABLE d.nope":                                    "Not found: Table p:d.nope",
		"DROP SCHEMA d":                                        "still in use",
		"INSERT d.t (day) VALUES (CURRENT_DATE())":             "Required field id cannot be null",
		"SELECT * FROM d.t":                                    "without a filter over column(s) 'day'",
		"DELETE FROM d.t WHERE id = 1":                         "without a filter over column(s) 'day'",
		"SELECT 1 FROM d.t WHERE id = 1 OR day = '2024-01-01'": "without a filter over column(s) 'day'",
		"ALTER TABLE d.t DROP COLUMN day":                      "used for partitioning",
		"ALTER TABLE d.t DROP COLUMN nope":                     "Column not found: nope",
		"BEGIN TRANSACTION; CREATE TABLE d.u (x INT64);":       "not supported inside a transaction",
		"CREATE TABLE d.u (x INT64) OPTIONS (colour = 1)":      "colour",
	} {
		_, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want %q", sql, err, want)
		}
	}
	for _, filter := range []string{"day >= '2024-01-01'", "day = '2024-01-01' OR day > '2024-02-01' AND id = 1", "(id = 1 OR id = 2) AND day = '2024-01-01'"} {
		if got := values(t, e, "SELECT COUNT(*) FROM d.t WHERE "+filter); got[0][0] != int64(0) {
			t.Errorf("a query filtered by %s = %v", filter, got)
		}
	}
}

func TestViewsAreExpandedWhenTheyAreRead(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	query(t, e, "CREATE VIEW d.inner_view AS SELECT k, k + 1 AS next FROM d.t")
	query(t, e, "CREATE VIEW d.outer_view AS WITH w AS (SELECT next FROM d.inner_view) SELECT next * 10 AS ten FROM w")
	if diff := cmp.Diff([][]any{{int64(20)}}, values(t, e, "SELECT a.ten FROM d.outer_view AS a JOIN d.outer_view AS b USING (ten)")); diff != "" {
		t.Errorf("view (-want +got):\n%s", diff)
	}
	query(t, e, "CREATE OR REPLACE TABLE d.t AS SELECT 5 AS k")
	if diff := cmp.Diff([][]any{{int64(60)}}, values(t, e, "SELECT a.ten FROM d.outer_view AS a JOIN d.outer_view AS b USING (ten)")); diff != "" {
		t.Errorf("view of a replaced table (-want +got):\n%s", diff)
	}
	rows, err := e.ReadTable(context.Background(), TableRef{Project: "p", Dataset: "d", Table: "inner_view"}, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(5), int64(6)}}, rows.Values); diff != "" {
		t.Errorf("ReadTable (-want +got):\n%s", diff)
	}
}
