package sqltest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestSelect(t *testing.T) {
	e := open(t, Options{})
	for _, test := range []struct {
		sql  string
		want []any
	}{
		{"SELECT 1", []any{int64(1)}},
		{"SELECT 1.5, 'a', TRUE, NULL, b'x'", []any{1.5, "a", true, nil, []byte("x")}},
		{"SELECT DATE '2024-02-29', TIMESTAMP '2024-01-02 03:04:05.006+00'", []any{
			civil.Date{Year: 2024, Month: 2, Day: 29}, time.Date(2024, 1, 2, 3, 4, 5, 6_000_000, time.UTC),
		}},
		{"SELECT STRUCT(1 AS a, 'x' AS b), [1, 2], NUMERIC '1.50'", []any{[]any{int64(1), "x"}, []any{int64(1), int64(2)}, "1.5"}},
		{"SELECT SUM(x), COUNT(*), MAX(x), ARRAY_AGG(x ORDER BY x DESC LIMIT 2) FROM UNNEST([1, 2, 3]) AS x", []any{int64(6), int64(3), int64(3), []any{int64(3), int64(2)}}},
		{"SELECT ARRAY(SELECT AS STRUCT x, x * 2 AS y FROM UNNEST([2, 1]) AS x ORDER BY x)", []any{[]any{[]any{int64(1), int64(2)}, []any{int64(2), int64(4)}}}},
		{"SELECT (SELECT MAX(x) FROM UNNEST([1, 5]) AS x), EXISTS (SELECT 1 FROM UNNEST([1]) AS y WHERE y = 2), 3 IN (SELECT 3)", []any{int64(5), false, true}},
		{"WITH a AS (SELECT 1 AS x UNION ALL SELECT 2), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a JOIN b ON a.x = b.y", []any{int64(2), int64(2)}},
		{"SELECT x, o FROM UNNEST(['a', 'b']) AS x WITH OFFSET AS o WHERE o = 1", []any{"b", int64(1)}},
		{"SELECT x FROM UNNEST([3, 1, 2]) AS x QUALIFY ROW_NUMBER() OVER (ORDER BY x DESC) = 1", []any{int64(3)}},
		{"SELECT IF(1 > 2, 'a', 'b'), IFNULL(NULL, 3), COALESCE(NULL, NULL, 4), NULLIF(1, 1), CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", []any{"b", int64(3), int64(4), nil, "y"}},
		{"SELECT SAFE_DIVIDE(1, 0), 7 / 2, DIV(-7, 2), MOD(-7, 3), GREATEST(1, 3, 2), LEAST(1, NULL)", []any{nil, 3.5, int64(-3), int64(-1), int64(3), nil}},
		{"SELECT CAST('12' AS INT64), SAFE_CAST('x' AS INT64), CAST(2.5 AS INT64), CAST(1.0 AS STRING), CAST(TRUE AS STRING)", []any{int64(12), nil, int64(3), "1", "true"}},
		{"SELECT NULL IS NOT DISTINCT FROM NULL, 1 IS NOT DISTINCT FROM NULL", []any{true, false}},
		{"SELECT TIMESTAMP_TRUNC(TIMESTAMP '2024-01-03 10:20:30+00', HOUR), TIMESTAMP_ADD(TIMESTAMP '2024-01-03 10:20:30+00', INTERVAL 90 MINUTE)", []any{
			time.Date(2024, 1, 3, 10, 0, 0, 0, time.UTC), time.Date(2024, 1, 3, 11, 50, 30, 0, time.UTC),
		}},
		{"SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-03 10:20:30+00', TIMESTAMP '2024-01-03 10:00:00+00', MINUTE), DATE_DIFF(DATE '2024-01-08', DATE '2024-01-06', WEEK)", []any{int64(20), int64(1)}},
		{"SELECT UNIX_MICROS(TIMESTAMP_MICROS(1234567)), DATE(TIMESTAMP '2024-01-03 10:20:30+00'), EXTRACT(HOUR FROM TIMESTAMP '2024-01-03 10:20:30+00')", []any{
			int64(1234567), civil.Date{Year: 2024, Month: 1, Day: 3}, int64(10),
		}},
		{"SELECT * EXCEPT (b) REPLACE (a + 1 AS a) FROM (SELECT 1 AS a, 2 AS b, 3 AS c)", []any{int64(2), int64(3)}},
		{"SELECT MAX_BY(x, y), MIN_BY(x, y), ANY_VALUE(x HAVING MAX y), COUNTIF(y > 1), LOGICAL_OR(y > 1), STRING_AGG(x ORDER BY y DESC) FROM UNNEST([STRUCT('a' AS x, 1 AS y), ('b', 2)])", []any{"b", "a", "b", int64(1), true, "b,a"}},
	} {
		if diff := cmp.Diff([][]any{test.want}, values(t, e, test.sql)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.sql, diff)
		}
	}
}

func TestErrors(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for sql, want := range map[string]struct {
		code    int
		reason  string
		message string
	}{
		"SELECT nope":                                {400, "invalidQuery", "Unrecognized name: nope at [1:8]"},
		"SELECT 1 / 0":                               {400, "invalidQuery", "division by zero: 1 / 0"},
		"SELECT * FROM d.nope":                       {404, "notFound", "Not found: Table p:d.nope was not found in location US"},
		"SELECT 1;\nSELECT nope":                     {400, "invalidQuery", "Unrecognized name: nope at [2:8]"},
		"SELECT 9223372036854775807 + 1":             {400, "invalidQuery", "int64 overflow: 9223372036854775807 + 1"},
		"SELECT KEYS.KEYSET_CHAIN('k', b'a')":        {400, "notImplemented", "function KEYS.KEYSET_CHAIN is not supported by this emulator"},
		"SELECT [1][OFFSET(3)]":                      {400, "invalidQuery", "Array index 3 is out of bounds (overflow)"},
		"SELECT (SELECT x FROM UNNEST([1, 2]) AS x)": {400, "invalidQuery", "Scalar subquery produced more than one element"},
		"SELECT ERROR('boom')":                       {400, "invalidQuery", "boom"},
		"SELECT CAST('x' AS INT64)":                  {400, "invalidQuery", "Bad int64 value: x"},
	} {
		_, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
		be, ok := err.(*Error)
		if !ok {
			t.Errorf("%s: error %v is no *Error", sql, err)
			continue
		}
		if be.Code != want.code || be.Reason != want.reason || !strings.Contains(be.Message, want.message) {
			t.Errorf("%s: %d %s %q, want %+v", sql, be.Code, be.Reason, be.Message, want)
		}
	}
}

func TestScriptWithTransaction(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.ballots (voter STRING NOT NULL, candidate STRING, n INT64, tags ARRAY<STRING>)")
	query(t, e, "INSERT d.ballots (voter, candidate, n) VALUES ('a', 'x', 1), ('b', 'y', 2), ('c', 'z', 3)")
	fresh := &bqv2.QueryParameter{
		Name: "fresh",
		ParameterType: &bqv2.QueryParameterType{Type: "ARRAY", ArrayType: &bqv2.QueryParameterType{Type: "STRUCT", StructTypes: []*bqv2.QueryParameterTypeStructTypes{
			{Name: "voter", Type: &bqv2.QueryParameterType{Type: "STRING"}}, {Name: "n", Type: &bqv2.QueryParameterType{Type: "INT64"}},
		}}},
		ParameterValue: &bqv2.QueryParameterValue{ArrayValues: []*bqv2.QueryParameterValue{
			{StructValues: map[string]bqv2.QueryParameterValue{"voter": {Value: "a"}, "n": {Value: "10"}}},
			{StructValues: map[string]bqv2.QueryParameterValue{"voter": {Value: "b"}, "n": {Value: "-1"}}},
			{StructValues: map[string]bqv2.QueryParameterValue{"voter": {Value: "d"}, "n": {Value: "4"}}},
		}},
	}
	script := `
BEGIN TRANSACTION;
CREATE TEMP TABLE fresh AS SELECT voter, n FROM UNNEST(@fresh);
MERGE d.ballots AS t USING fresh AS s ON t.voter = s.voter
WHEN MATCHED AND s.n < 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET n = s.n, candidate = CONCAT(t.candidate, '!')
WHEN NOT MATCHED THEN INSERT (voter, candidate, n) VALUES (s.voter, 'new', s.n);
SELECT @@row_count AS changed;
DROP TABLE fresh;
COMMIT TRANSACTION;`
	res := query(t, e, script, fresh)
	if diff := cmp.Diff([][]any{{int64(3)}}, res.Children[3].Rows.Values); diff != "" || res.Rows != nil {
		t.Errorf("after a DROP a script has the rows %v; row count (-want +got):\n%s", res.Rows, diff)
	}
	merge := res.Children[2]
	if merge.StatementType != "MERGE" || merge.DML.InsertedRowCount != 1 || merge.DML.UpdatedRowCount != 1 || merge.DML.DeletedRowCount != 1 {
		t.Errorf("MERGE = %s %+v", merge.StatementType, merge.DML)
	}
	want := [][]any{{"a", "x!", int64(10), []any{}}, {"c", "z", int64(3), []any{}}, {"d", "new", int64(4), []any{}}}
	if diff := cmp.Diff(want, values(t, e, "SELECT * FROM `p.d.ballots` ORDER BY voter")); diff != "" {
		t.Errorf("ballots (-want +got):\n%s", diff)
	}
	// A script that fails leaves nothing behind, and may be repeated.
	for range 2 {
		_, err := e.Query(context.Background(), Query{Project: "p", SQL: "BEGIN TRANSACTION; CREATE TEMP TABLE x AS SELECT 1 AS y; DELETE FROM d.ballots WHERE TRUE; SELECT 1 / 0; COMMIT TRANSACTION;"})
		if err == nil || !strings.Contains(err.Error(), "division by zero") {
			t.Fatalf("error = %v", err)
		}
	}
	if diff := cmp.Diff([][]any{{int64(3)}}, values(t, e, "SELECT COUNT(*) FROM d.ballots")); diff != "" {
		t.Errorf("after a failed script (-want +got):\n%s", diff)
	}
}

func TestMergeRefusesSeveralMatches(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k, 0 AS v")
	for _, sql := range []string{
		"MERGE d.t USING (SELECT 1 AS k, 2 AS v UNION ALL SELECT 1, 3) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v",
		"UPDATE d.t SET v = s.v FROM (SELECT 1 AS k, 2 AS v UNION ALL SELECT 1, 3) s WHERE t.k = s.k",
	} {
		_, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
		if err == nil || !strings.Contains(err.Error(), "must match at most one source row") {
			t.Errorf("%s: error = %v", sql, err)
		}
	}
	if diff := cmp.Diff([][]any{{int64(0)}}, values(t, e, "SELECT v FROM d.t")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A MERGE runs as DuckDB's or in steps, depending on what is known of the keys
// of its source. Either way it does the same.
func TestMergeWaysAgree(t *testing.T) {
	const clauses = ` ON t.k = s.k
		WHEN MATCHED AND s.v = 0 THEN DELETE
		WHEN MATCHED AND s.v != t.v THEN UPDATE SET v = s.v
		WHEN NOT MATCHED THEN INSERT (k, v) VALUES (s.k, s.v)
		WHEN NOT MATCHED BY SOURCE AND t.k > 8 THEN UPDATE SET v = -1
		WHEN NOT MATCHED BY SOURCE THEN DELETE`
	e := open(t, Options{})
	createDataset(t, e)
	for name, source := range map[string]string{
		"grouped by the key":         "SELECT k, SUM(v) AS v FROM UNNEST([STRUCT(1 AS k, 0 AS v), (2, 1), (2, 1), (3, 3), (4, 4)]) GROUP BY k",
		"unique by its rows":         "SELECT * FROM UNNEST([STRUCT(1 AS k, 0 AS v), (2, 2), (3, 3), (4, 4)])",
		"several rows that are new":  "SELECT * FROM UNNEST([STRUCT(1 AS k, 0 AS v), (2, 2), (3, 3), (4, 4), (4, 4)])",
		"several rows that match":    "SELECT * FROM UNNEST([STRUCT(1 AS k, 0 AS v), (2, 2), (3, 3), (3, 3), (4, 4)])",
		"grouped by more than a key": "SELECT k, v FROM UNNEST([STRUCT(1 AS k, 0 AS v), (2, 2), (3, 3), (4, 4)]) GROUP BY k, v",
	} {
		t.Run(name, func(t *testing.T) {
			query(t, e, "CREATE OR REPLACE TABLE d.m AS SELECT * FROM UNNEST([STRUCT(1 AS k, 9 AS v), (2, 1), (3, 3), (7, 7), (9, 9)])")
			dml := query(t, e, "MERGE d.m AS t USING ("+source+") AS s"+clauses).DML
			want := [][]any{{int64(2), int64(2)}, {int64(3), int64(3)}, {int64(4), int64(4)}, {int64(9), int64(-1)}}
			inserted := int64(1)
			if name == "several rows that are new" {
				want, inserted = slices.Insert(want, 2, want[2]), 2
			}
			if diff := cmp.Diff(want, values(t, e, "SELECT k, v FROM d.m ORDER BY k")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if dml.InsertedRowCount != inserted || dml.UpdatedRowCount != 2 || dml.DeletedRowCount != 2 {
				t.Errorf("counts = %+v, want %d inserted, 2 updated, 2 deleted", dml, inserted)
			}
		})
	}
}

func TestScriptStatements(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	sql := `
DECLARE i, total INT64 DEFAULT 0;
DECLARE msg STRING;
WHILE i < 5 DO
  SET i = i + 1;
  IF MOD(i, 2) = 0 THEN CONTINUE; END IF;
  SET total = total + i;
END WHILE;
BEGIN
  SELECT 1 / 0;
EXCEPTION WHEN ERROR THEN
  SET msg = @@error.message;
END;
FOR r IN (SELECT x FROM UNNEST([10, 20]) AS x) DO SET total = total + r.x; END FOR;
EXECUTE IMMEDIATE 'SELECT @a + 1' INTO i USING total AS a;
ASSERT total = 39 AS 'total is wrong';
SELECT total, msg, i;`
	checkRows(t, e, sql, [][]any{{int64(39), "division by zero: 1 / 0", int64(40)}})
}
