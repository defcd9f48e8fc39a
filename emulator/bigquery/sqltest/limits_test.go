package sqltest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Statements over 4,000 partitions pass, and fail over one more, with what they
// did undone.
func TestPartitionsOfAJob(t *testing.T) {
	const days = "FROM UNNEST(GENERATE_DATE_ARRAY('2000-01-01', DATE_ADD('2000-01-01', INTERVAL @n - 1 DAY))) AS day"
	for name, test := range map[string]struct{ before, sql, after string }{
		"INSERT": {"", "INSERT d.t (day, n) SELECT day, 1 " + days, "SELECT COUNT(*) FROM d.t"},
		"UPDATE": {"INSERT d.t (day, n) SELECT day, 0 " + days, "UPDATE d.t SET n = 1 WHERE TRUE", "SELECT SUM(n) FROM d.t"},
		"UPDATE that moves rows": {
			// Each row leaves a partition; half of them come to one that is there.
			"INSERT d.t (day, n) SELECT day, 0 " + days,
			"UPDATE d.t SET n = 1, day = DATE_ADD(day, INTERVAL DIV(@n, 2) DAY) WHERE day < DATE_ADD('2000-01-01', INTERVAL DIV(@n, 2) DAY) OR n = 0",
			"",
		},
		"DELETE": {"INSERT d.t (day, n) SELECT day, 0 " + days, "DELETE FROM d.t WHERE n = 0", "SELECT @n - COUNT(*) FROM d.t"},
		"MERGE": {
			"INSERT d.t (day, n) SELECT day, 0 " + days + " WHERE MOD(EXTRACT(DAY FROM day), 2) = 0",
			"MERGE d.t AS t USING (SELECT day, 1 AS n " + days + ") AS s ON t.day = s.day WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT (day, n) VALUES (s.day, s.n)",
			"SELECT SUM(n) FROM d.t",
		},
		"CREATE TABLE AS": {"DROP TABLE d.t", "CREATE TABLE d.t PARTITION BY day AS SELECT day, 1 AS n " + days, "SELECT COUNT(*) FROM d.t"},
		"CREATE TABLE AS, by hour": {
			"DROP TABLE d.t",
			"CREATE TABLE d.t PARTITION BY TIMESTAMP_TRUNC(ts, HOUR) AS SELECT TIMESTAMP_ADD(TIMESTAMP '2026-01-01', INTERVAL h HOUR) AS ts FROM UNNEST(GENERATE_ARRAY(1, @n)) AS h",
			"SELECT COUNT(*) FROM d.t",
		},
		"INSERT, by range": {
			"DROP TABLE d.t; CREATE TABLE d.t (n INT64) PARTITION BY RANGE_BUCKET(n, GENERATE_ARRAY(0, 100000, 10))",
			"INSERT d.t (n) SELECT n * 10 FROM UNNEST(GENERATE_ARRAY(1, @n)) AS n",
			"SELECT COUNT(*) FROM d.t",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []string{"4000", "4001"} {
				if name == "UPDATE that moves rows" {
					n = map[string]string{"4000": "2666", "4001": "2668"}[n] // 1.5 times as many partitions
				}
				e := open(t, Options{})
				createDataset(t, e)
				query(t, e, "CREATE TABLE d.t (day DATE, n INT64) PARTITION BY day")
				param := &bqv2.QueryParameter{Name: "n", ParameterType: &bqv2.QueryParameterType{Type: "INT64"}, ParameterValue: &bqv2.QueryParameterValue{Value: n}}
				for _, sql := range strings.Split(test.before, "; ") {
					fillParts(t, e, sql, param)
				}
				_, err := e.Query(t.Context(), Query{SQL: test.sql, Project: "p", Parameters: []*bqv2.QueryParameter{param}})
				over := n == "4001" || n == "2668"
				wantTooMany(t, err, over, "Too many partitions produced by query, allowed 4000, query produces at least 400")
				if test.after == "" || over {
					continue
				}
				if got := values(t, e, test.after, param)[0][0]; got != int64(4000) {
					t.Errorf("%s = %v, want 4000", test.after, got)
				}
			}
		})
	}
}

// fillParts runs a statement for the partitions of the parameter, in two halves
// where one may not have so many.
func fillParts(t *testing.T, e *Engine, sql string, n *bqv2.QueryParameter) {
	t.Helper()
	switch {
	case sql == "":
	case !strings.HasPrefix(sql, "INSERT"):
		query(t, e, sql)
	case strings.Contains(sql, "WHERE"):
		query(t, e, sql, n)
	default:
		query(t, e, sql+" WHERE MOD(EXTRACT(DAY FROM day), 2) = 0", n)
		query(t, e, sql+" WHERE MOD(EXTRACT(DAY FROM day), 2) = 1", n)
	}
}

func wantTooMany(t *testing.T, err error, want bool, message string) {
	t.Helper()
	var be *Error
	switch {
	case !want && err != nil:
		t.Fatal(err)
	case want && (!errors.As(err, &be) || be.Reason != "invalidQuery" || !strings.HasPrefix(be.Message, message)):
		t.Fatalf("error = %v, want %s… with reason invalidQuery", err, message)
	}
}

// What a statement over too many partitions did is undone, and so is the
// transaction around it.
func TestPartitionsOfAJobUndone(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (day DATE) PARTITION BY day; CREATE TABLE d.u (n INT64)")
	const tooMany = "INSERT d.t SELECT day FROM UNNEST(GENERATE_DATE_ARRAY('2000-01-01', '2010-12-31')) AS day"
	_, err := e.Query(t.Context(), Query{SQL: "BEGIN TRANSACTION; INSERT d.u VALUES (1); " + tooMany + "; COMMIT TRANSACTION", Project: "p"})
	wantTooMany(t, err, true, "Too many partitions")
	if got := values(t, e, "SELECT (SELECT COUNT(*) FROM d.t) + (SELECT COUNT(*) FROM d.u)"); got[0][0] != int64(0) {
		t.Errorf("%v rows are left", got[0][0])
	}
	// By month the same rows are few partitions, and a query that produces no
	// table has none.
	query(t, e, "CREATE TABLE d.m (day DATE) PARTITION BY DATE_TRUNC(day, MONTH); "+strings.Replace(tooMany, "d.t", "d.m", 1))
	if got := values(t, e, "SELECT day FROM UNNEST(GENERATE_DATE_ARRAY('2000-01-01', '2010-12-31')) AS day"); len(got) != 4018 {
		t.Errorf("%d rows", len(got))
	}
}

func TestPartitionsOfATransaction(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (day DATE, n INT64) PARTITION BY day; INSERT d.t SELECT day, 0 FROM UNNEST(GENERATE_DATE_ARRAY('2000-01-01', '2010-12-13')) AS day")
	script := func(updates string) error {
		_, err := e.Query(t.Context(), Query{SQL: "DECLARE n INT64 DEFAULT 0; BEGIN TRANSACTION; WHILE n < " + updates +
			" DO SET n = n + 1; UPDATE d.t AS t SET n = t.n + 1 WHERE TRUE; END WHILE; COMMIT TRANSACTION", Project: "p"})
		return err
	}
	wantTooMany(t, script("25"), false, "") // of 4,000 partitions each
	wantTooMany(t, script("26"), true, "Transaction modifies too many partitions, allowed 100000")
}

func TestPartitionsOfATable(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (ts TIMESTAMP) PARTITION BY TIMESTAMP_TRUNC(ts, HOUR)")
	ref := TableRef{Project: "p", Dataset: "d", Table: "t"}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	hours := func(from, n int) [][]any {
		var rows [][]any
		for i := range n {
			rows = append(rows, []any{start.Add(time.Duration(from+i) * time.Hour)})
		}
		return rows
	}
	add := func(rows [][]any) error { return e.Append(context.Background(), ref, []string{"ts"}, rows) }
	if err := add(hours(0, 10_000)); err != nil { // a stream is no job
		t.Fatal(err)
	}
	if err := add(hours(0, 5)); err != nil {
		t.Errorf("rows for partitions that are there: %v", err)
	}
	const message = "Table p:d.t will have 10001 partitions when the job finishes, exceeding limit 10000."
	if err := add(hours(10_000, 1)); err == nil || !strings.HasPrefix(err.Error(), message) {
		t.Errorf("append: %v, want %s…", err, message)
	}
	_, err := e.Query(t.Context(), Query{SQL: "INSERT d.t VALUES ('1999-01-01')", Project: "p"})
	if err == nil || !strings.HasPrefix(err.Error(), message) {
		t.Errorf("INSERT: %v, want %s…", err, message)
	}
	query(t, e, "DELETE FROM d.t WHERE ts < '2026-01-02'")
	if err := add(hours(10_000, 24)); err != nil {
		t.Errorf("after 24 partitions went: %v", err)
	}
	if err := add(hours(0, 1)); err == nil {
		t.Error("a partition that went came back as the 10,001st")
	}
	query(t, e, "TRUNCATE TABLE d.t")
	if err := add(hours(-5, 3)); err != nil {
		t.Errorf("after TRUNCATE: %v", err)
	}
}

// Rows without a time, and beyond the times that have partitions, are one
// partition each.
func TestPartitionsApart(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (day DATE, n INT64) PARTITION BY day")
	query(t, e, "INSERT d.t SELECT IF(n < 5000, NULL, DATE_ADD(DATE '2160-01-01', INTERVAL n DAY)), n FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n")
	query(t, e, "INSERT d.t SELECT DATE_SUB(DATE '1959-12-31', INTERVAL n DAY), n FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS n")
}
