package sqltest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

// Queries see what the query of a table function has now, in views and in other table
// functions too.
func TestTableFunctionsFollowTheirTables(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	query(t, e, "CREATE TABLE FUNCTION d.inner_f(n INT64) AS SELECT *, k + n AS next FROM d.t")
	query(t, e, "CREATE TABLE FUNCTION d.outer_f(n INT64) AS SELECT *, next * 10 AS ten FROM d.inner_f(n)")
	query(t, e, "CREATE VIEW d.v AS SELECT * FROM d.outer_f(1)")
	checkRows(t, e, "SELECT * FROM d.v", [][]any{{int64(1), int64(2), int64(20)}})

	query(t, e, "ALTER TABLE d.t ADD COLUMN more STRING")
	checkRows(t, e, "SELECT ten, more FROM d.outer_f(4)", [][]any{{int64(50), nil}})
	checkRows(t, e, "SELECT * FROM d.v", [][]any{{int64(1), nil, int64(2), int64(20)}})

	query(t, e, "CREATE OR REPLACE TABLE FUNCTION d.inner_f(n INT64) AS SELECT n AS next FROM d.t")
	checkRows(t, e, "SELECT * FROM d.v", [][]any{{int64(1), int64(10)}})

	query(t, e, "DROP TABLE d.t")
	if _, err := e.Query(t.Context(), Query{SQL: "SELECT * FROM d.outer_f(1)", Project: "p"}); err == nil || !strings.Contains(err.Error(), "Not found: Table p:d.t") {
		t.Errorf("without the table: error = %v", err)
	}
}

// The cache of results knows the tables behind a call, and the values of its arguments.
func TestTableFunctionsAreCached(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	query(t, e, "CREATE TABLE FUNCTION d.above(n INT64) AS SELECT k FROM d.t WHERE k > n")
	const call = "SELECT k FROM d.above(@n)"
	for _, step := range []struct {
		n    string
		want [][]any
		hit  bool
	}{{"0", [][]any{{int64(1)}}, false}, {"0", [][]any{{int64(1)}}, true}, {"1", [][]any{}, false}} {
		res := query(t, e, call, scalar("n", "INT64", step.n))
		if diff := cmp.Diff(step.want, res.Rows.Values); diff != "" || res.CacheHit != step.hit {
			t.Errorf("above %s: cache hit %v, rows (-want +got):\n%s", step.n, res.CacheHit, diff)
		}
	}
	query(t, e, "INSERT d.t VALUES (2)")
	if res := query(t, e, call, scalar("n", "INT64", "0")); res.CacheHit || len(res.Rows.Values) != 2 {
		t.Errorf("after a change: cache hit %v, rows %v", res.CacheHit, res.Rows.Values)
	}
}

// A filter by an argument is one that partitions can be eliminated by.
func TestTableFunctionsFilterPartitions(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (day DATE, k INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE)")
	query(t, e, "INSERT d.t VALUES ('2024-01-01', 1), ('2024-01-02', 2)")
	query(t, e, "CREATE TABLE FUNCTION d.on_day(d DATE) AS SELECT k FROM d.t WHERE day = d")
	checkRows(t, e, "SELECT k FROM d.on_day('2024-01-02')", [][]any{{int64(2)}})
	_, err := e.Query(t.Context(), Query{SQL: "CREATE TABLE FUNCTION d.all_days() AS SELECT k FROM d.t", Project: "p"})
	if err == nil || !strings.Contains(err.Error(), "without a filter over column(s) 'day'") {
		t.Errorf("without a filter: error = %v", err)
	}
}

// Arguments are query parameters of any type, by name or by position.
func TestTableFunctionParameters(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE FUNCTION d.f(ids ARRAY<INT64>, at_time TIMESTAMP, pair STRUCT<a STRING, b INT64>) AS "+
		"SELECT id, at_time, pair.b + n AS b FROM UNNEST(ids) AS id WITH OFFSET AS n WHERE pair.a = 'x' AND COALESCE(at_time < '2030-01-01', TRUE)")
	integer := &bqv2.QueryParameterType{Type: "INT64"}
	params := func(names ...string) []*bqv2.QueryParameter {
		return []*bqv2.QueryParameter{
			{
				Name: names[0], ParameterType: &bqv2.QueryParameterType{Type: "ARRAY", ArrayType: integer},
				ParameterValue: &bqv2.QueryParameterValue{ArrayValues: []*bqv2.QueryParameterValue{{Value: "7"}, {Value: "8"}}},
			},
			{Name: names[1], ParameterType: &bqv2.QueryParameterType{Type: "TIMESTAMP"}, ParameterValue: &bqv2.QueryParameterValue{NullFields: []string{"Value"}}},
			{
				Name: names[2], ParameterType: &bqv2.QueryParameterType{Type: "STRUCT", StructTypes: []*bqv2.QueryParameterTypeStructTypes{
					{Name: "a", Type: &bqv2.QueryParameterType{Type: "STRING"}}, {Name: "b", Type: integer},
				}},
				ParameterValue: &bqv2.QueryParameterValue{StructValues: map[string]bqv2.QueryParameterValue{"a": {Value: "x"}, "b": {Value: "10"}}},
			},
		}
	}
	want := [][]any{{int64(7), nil, int64(10)}, {int64(8), nil, int64(11)}}
	checkRows(t, e, "SELECT * FROM d.f(@ids, @at, @pair) ORDER BY id", want, params("ids", "at", "pair")...)
	checkRows(t, e, "SELECT * FROM d.f(?, ?, ?) ORDER BY id", want, params("", "", "")...)
}

// Libraries of functions in JavaScript are read from Cloud Storage when they are called: those
// of a dataset's function as they are then.
func TestLibraries(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	write := func(name, code string) {
		t.Helper()
		if err := e.Buckets().Create("b", name, strings.NewReader(code)); err != nil {
			t.Fatal(err)
		}
	}
	write("lib/one.js", "var step = 1; function twice(x) { return 2 * x; }")
	write("two.js", "function once(x) { return twice(x) / 2 + step; }")
	const options = `OPTIONS (library = ['gs://b/lib/one.js', 'gs://b/two.js'])`
	query(t, e, "CREATE FUNCTION d.f(x FLOAT64) RETURNS FLOAT64 LANGUAGE js "+options+" AS 'return once(x)'")
	for _, call := range []string{
		"SELECT d.f(20.5)", "CREATE TEMP FUNCTION g(x FLOAT64) RETURNS FLOAT64 LANGUAGE js " + options + " AS 'return once(x)'; SELECT g(20.5)",
		"CREATE TEMP FUNCTION h(x FLOAT64) RETURNS FLOAT64 LANGUAGE js OPTIONS (library = 'gs://b/lib/one.js') AS 'return twice(x) / 2 + step'; SELECT h(20.5)",
	} {
		if got := values(t, e, call)[0][0]; got != 21.5 {
			t.Errorf("%s: %v", call, got)
		}
	}
	write("two.js", "function once(x) { return x + 100; }")
	if got := values(t, e, "SELECT d.f(20.5)")[0][0]; got != 120.5 {
		t.Errorf("after a change of its library: %v", got)
	}
	write("two.js", "function (")
	for sql, want := range map[string]string{
		"SELECT d.f(1)": "in a library of p.d.f",
		"CREATE TEMP FUNCTION g(x FLOAT64) RETURNS FLOAT64 LANGUAGE js OPTIONS (library = ['gs://b/none.js']) AS 'return 1'; SELECT g(1)": "Not found: URI gs://b/none.js",
		"CREATE TEMP FUNCTION g(x FLOAT64) RETURNS FLOAT64 LANGUAGE js OPTIONS (wings = 2) AS 'return 1'; SELECT g(1)":                    "Unknown option: wings",
	} {
		if _, err := e.Query(t.Context(), Query{SQL: sql, Project: "p"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", sql, err, want)
		}
	}
	if got := values(t, e, "SELECT option_value FROM d.INFORMATION_SCHEMA.ROUTINE_OPTIONS WHERE option_name = 'library'")[0][0]; got != `["gs://b/lib/one.js", "gs://b/two.js"]` {
		t.Errorf("the option is %v", got)
	}
}
