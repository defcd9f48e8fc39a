package sqltest

import (
	"context"
	"testing"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestQueryIsAnsweredFromTheCacheWhileItsTablesStandStill(t *testing.T) {
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	e := open(t, Options{Now: func() time.Time { return now }})
	createDataset(t, e)
	ctx := context.Background()
	run := func(q Query) *Result {
		t.Helper()
		q.Project = "p"
		res, err := e.Query(ctx, q)
		if err != nil {
			t.Fatalf("%s: %v", q.SQL, err)
		}
		return res
	}
	run(Query{SQL: "CREATE TABLE d.t (x INT64); INSERT d.t VALUES (1); CREATE TABLE d.other (x INT64)"})
	run(Query{SQL: "CREATE VIEW d.v AS SELECT x FROM d.t"})
	parameter := func(x string) []*bqv2.QueryParameter {
		return []*bqv2.QueryParameter{{
			Name: "x", ParameterType: &bqv2.QueryParameterType{Type: "INT64"}, ParameterValue: &bqv2.QueryParameterValue{Value: x},
		}}
	}
	const sum = "SELECT SUM(x) FROM d.v WHERE x >= @x"
	for _, step := range []struct {
		name string
		do   string // first
		q    Query
		sum  int64
		hit  bool
	}{
		{"first", "", Query{SQL: sum, Parameters: parameter("0")}, 1, false},
		{"again", "", Query{SQL: sum, Parameters: parameter("0")}, 1, true},
		{"another value", "", Query{SQL: sum, Parameters: parameter("1")}, 1, false},
		{"without the cache", "", Query{SQL: sum, Parameters: parameter("0"), NoCache: true}, 1, false},
		{"another table changed", "INSERT d.other VALUES (5)", Query{SQL: sum, Parameters: parameter("0")}, 1, true},
		{"the table changed", "INSERT d.t VALUES (2)", Query{SQL: sum, Parameters: parameter("0")}, 3, false},
		{"a transaction changed it", "BEGIN TRANSACTION; UPDATE d.t SET x = 7 WHERE x = 2; COMMIT TRANSACTION", Query{SQL: sum, Parameters: parameter("0")}, 8, false},
		{"a transaction was rolled back", "BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; ROLLBACK TRANSACTION", Query{SQL: sum, Parameters: parameter("0")}, 8, true},
		{"it is another table", "CREATE OR REPLACE TABLE d.t AS SELECT 4 AS x", Query{SQL: sum, Parameters: parameter("0")}, 4, false},
		{"it is another view", "CREATE OR REPLACE VIEW d.v AS SELECT x * 2 AS x FROM d.t", Query{SQL: sum, Parameters: parameter("0")}, 8, false},
	} {
		if step.do != "" {
			run(Query{SQL: step.do})
		}
		res := run(step.q)
		if got := res.Rows.Values[0][0]; got != step.sum || res.CacheHit != step.hit {
			t.Errorf("%s: sum %v, cached %v, want %d, %v", step.name, got, res.CacheHit, step.sum, step.hit)
		}
		if res.CacheHit && res.BytesProcessed != 0 {
			t.Errorf("%s: %d bytes processed, want none", step.name, res.BytesProcessed)
		}
	}
	if err := e.Append(ctx, TableRef{Project: "p", Dataset: "d", Table: "t"}, []string{"x"}, [][]any{{int64(1)}}); err != nil {
		t.Fatal(err)
	}
	if res := run(Query{SQL: sum, Parameters: parameter("0")}); res.CacheHit || res.Rows.Values[0][0] != int64(10) {
		t.Errorf("after an append: sum %v, cached %v, want 10, false", res.Rows.Values[0][0], res.CacheHit)
	}
	now = now.Add(24 * time.Hour)
	if res := run(Query{SQL: sum, Parameters: parameter("0")}); res.CacheHit {
		t.Error("a result is served after a day")
	}
}

// What depends on more than tables is never answered from the cache.
func TestQueriesThatTheCacheNeverAnswers(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS x")
	for _, sql := range []string{
		"SELECT CURRENT_TIMESTAMP()", "SELECT RAND()", "SELECT GENERATE_UUID()", "SELECT SESSION_USER()", "SELECT @@project_id",
		"SELECT COUNT(*) FROM d.INFORMATION_SCHEMA.TABLES", "SELECT * FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)",
		"DECLARE x INT64 DEFAULT 1; SELECT x", "EXECUTE IMMEDIATE 'SELECT ?' USING CAST(RAND() AS STRING)",
	} {
		for range 2 {
			res, err := e.Query(t.Context(), Query{SQL: sql, Project: "p"})
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if res.CacheHit {
				t.Errorf("%s is answered from the cache", sql)
			}
		}
	}
}
