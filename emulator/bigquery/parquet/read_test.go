package parquet

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// file has a Parquet file that DuckDB writes of a query.
func file(t *testing.T, query string) (*sql.DB, string) {
	t.Helper()
	db, err := duck.Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	path := filepath.Join(t.TempDir(), "it's.parquet")
	if _, err := db.Exec("COPY (" + query + ") TO " + quoteText(path) + " (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
	return db, path
}

func text(rows *types.Rows) string {
	fields, err := types.FromSchema(rows.Schema)
	if err != nil {
		return err.Error()
	}
	var names []string
	for i := range fields {
		names = append(names, fields[i].Name+" "+fields[i].SQL())
	}
	return fmt.Sprintf("%s: %v", strings.Join(names, ", "), rows.Values)
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		query   string
		schema  []*bqv2.TableFieldSchema
		options Options
		want    string
	}{
		{query: "SELECT 1::TINYINT a, 2::INTEGER b, 3::BIGINT c, 4::UINTEGER d, true e, 1.5::FLOAT f, 0.1::DOUBLE g",
			want: "a INT64, b INT64, c INT64, d INT64, e BOOL, f FLOAT64, g FLOAT64: [[1 2 3 4 true 1.5 0.1]]"},
		{query: "SELECT 'x' s, '\\x00\\xFF'::BLOB b, DATE '2026-11-03' d, TIME '08:00:00.000001' t, TIMESTAMPTZ '2026-11-03 08:00:00.000001+00' ts",
			want: "s STRING, b BYTES, d DATE, t TIME, ts TIMESTAMP: [[x [0 255] 2026-11-03 08:00:00.000001000 2026-11-03 08:00:00.000001 +0000 UTC]]"},
		{query: "SELECT 1.5::DECIMAL(10,2) n, 1.5::DECIMAL(38,12) b, NULL::INTEGER x", want: "n NUMERIC, b BIGNUMERIC, x INT64: [[1.5 1.5 <nil>]]"},
		{query: "SELECT [{'a': 1.5::DECIMAL(38,12)}] l", options: Options{ListInference: true}, want: "l ARRAY<STRUCT<a BIGNUMERIC>>: [[[[1.5]]]]"},
		{query: "SELECT 1.5::DECIMAL(38,12) n", options: Options{DecimalTargets: []string{"STRING"}}, want: "n STRING: [[1.500000000000]]"},
		{query: "SELECT 1.5::DECIMAL(38,12) n", options: Options{DecimalTargets: []string{"NUMERIC"}}, want: "none of the decimal target types NUMERIC holds"},
		{query: "SELECT [1, 2] l, {'a': 1, 'b': ['x']} s, NULL::STRUCT(a INTEGER) z", options: Options{ListInference: true},
			want: "l ARRAY<INT64>, s STRUCT<a INT64, b ARRAY<STRING>>, z STRUCT<a INT64>: [[[1 2] [1 [x]] <nil>]]"},
		{query: "SELECT [{'a': 1}] l, []::INTEGER[] e, NULL::INTEGER[] n",
			want: "l STRUCT<list ARRAY<STRUCT<element STRUCT<a INT64>>>>, e STRUCT<list ARRAY<STRUCT<element INT64>>>, n STRUCT<list ARRAY<STRUCT<element INT64>>>: " +
				"[[[[[[1]]]] [[]] <nil>]]"},
		{query: "SELECT [{'a': [{'b': 7}]}] l", options: Options{ListInference: true}, want: "l ARRAY<STRUCT<a ARRAY<STRUCT<b INT64>>>>: [[[[[[7]]]]]]"},
		{query: "SELECT [[1]] l", options: Options{ListInference: true}, want: "is a list of lists"},
		{query: "SELECT [1, NULL] l", options: Options{ListInference: true}, want: "Array cannot have a null element; error in writing field l"},
		{query: "SELECT MAP {'k': 1} m", want: "m STRUCT<key_value ARRAY<STRUCT<key STRING, value INT64>>>: [[[[[k 1]]]]]"},
		{query: "SELECT MAP {'k': 1} m", options: Options{MapsAsArrays: true}, want: "m ARRAY<STRUCT<key STRING, value INT64>>: [[[[k 1]]]]"},
		{query: "SELECT 'a'::ENUM('a', 'b') e", options: Options{EnumAsString: true}, want: "e STRING: [[a]]"},
		{query: "SELECT 1 a, 'x' B", schema: []*bqv2.TableFieldSchema{{Name: "b", Type: "STRING"}, {Name: "A", Type: "NUMERIC"}, {Name: "c", Type: "DATE"}},
			want: "b STRING, A NUMERIC, c DATE: [[x 1 <nil>]]"},
		{query: "SELECT 1 a", schema: []*bqv2.TableFieldSchema{{Name: "a", Type: "STRING"}}, want: "Parquet column 'a' has type INT64 which does not match the target type STRING"},
		{query: "SELECT 1 a, 2 b", schema: []*bqv2.TableFieldSchema{{Name: "a", Type: "INTEGER"}}, want: "the Parquet column 'b' has no column in the table"},
		{query: "SELECT 1 a, 2 b", schema: []*bqv2.TableFieldSchema{{Name: "a", Type: "INTEGER"}}, options: Options{IgnoreUnknown: true}, want: "a INT64: [[1]]"},
		{query: "SELECT TIMESTAMP '2026-11-03 08:00:00' dt, '{}' j, 'POINT(1 2)' g, 'Zoë' b",
			schema: []*bqv2.TableFieldSchema{{Name: "dt", Type: "DATETIME"}, {Name: "j", Type: "JSON"}, {Name: "g", Type: "GEOGRAPHY"}, {Name: "b", Type: "BYTES"}},
			want:   "dt DATETIME, j JSON, g GEOGRAPHY, b BYTES: [[2026-11-03T08:00:00 {} POINT(1 2) [90 111 195 171]]]"},
		{query: "SELECT INTERVAL 1 DAY i", want: "which can't be loaded"},
		{query: "SELECT TIMESTAMP_NS '2026-11-03 08:00:00.000000001' ns", want: "which can't be loaded"},
	} {
		db, path := file(t, c.query)
		rows, err := Read(t.Context(), db, path, c.schema, c.options)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = text(rows)
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s %+v:\n got %s\nwant %s", c.query, c.options, got, c.want)
		}
	}
}

func TestNoParquet(t *testing.T) {
	db, path := file(t, "SELECT 1 a")
	if _, err := Read(t.Context(), db, path+".nope", nil, Options{}); err == nil || !strings.Contains(err.Error(), "not in Parquet format") {
		t.Errorf("got %v", err)
	}
}
