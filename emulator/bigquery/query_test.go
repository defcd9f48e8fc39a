package bigquery_test

import (
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/iterator"
)

// query runs SQL by the client's fast path, jobs.query.
func (e *emulator) query(t *testing.T, sql string, params ...bq.QueryParameter) [][]bq.Value {
	t.Helper()
	q := e.client.Query(sql)
	q.Parameters = params
	it, err := q.Read(within(t, 20*time.Second))
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows(t, it)
}

// run runs SQL as a job.
func (e *emulator) run(t *testing.T, sql string) *bq.JobStatus {
	t.Helper()
	job, err := e.client.Query(sql).Run(within(t, 20*time.Second))
	s, failed := finish(t, job, err)
	if failed != nil {
		t.Fatalf("%s: %v", sql, failed)
	}
	return s
}

func TestQueryTypes(t *testing.T) {
	e := start(t)
	got := e.query(t, `SELECT 1, 2.5, 'x', b'\x00\xff', TRUE, NUMERIC '1.5', DATE '2026-11-03', TIME '08:00:00.5',
		DATETIME '2026-11-03 08:00:00', TIMESTAMP '2026-11-03 08:00:00.123456+00', [1, 2], STRUCT(1 AS a, 'b' AS b), CAST(NULL AS STRING),
		JSON '{"a":1}'`)
	want := [][]bq.Value{{
		int64(1), 2.5, "x", []byte{0, 255}, true, big.NewRat(3, 2), civil.Date{Year: 2026, Month: 11, Day: 3},
		civil.Time{Hour: 8, Nanosecond: 500_000_000}, civil.DateTime{Date: civil.Date{Year: 2026, Month: 11, Day: 3}, Time: civil.Time{Hour: 8}},
		time.Date(2026, 11, 3, 8, 0, 0, 123456000, time.UTC), []bq.Value{int64(1), int64(2)}, []bq.Value{int64(1), "b"}, nil, `{"a":1}`,
	}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

func TestQueryParameters(t *testing.T) {
	e := start(t)
	type point struct {
		X    int64
		Name string
	}
	got := e.query(t, `SELECT p.x, p.name, @since, @limit FROM UNNEST(@points) AS p WHERE p.x >= @limit ORDER BY p.x`,
		bq.QueryParameter{Name: "points", Value: []point{{1, "a"}, {2, "b"}, {3, "c"}}},
		bq.QueryParameter{Name: "limit", Value: 2},
		bq.QueryParameter{Name: "since", Value: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	want := [][]bq.Value{{int64(2), "b", since, int64(2)}, {int64(3), "c", since, int64(2)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	got = e.query(t, `SELECT ?, ARRAY_LENGTH(?), ?`, bq.QueryParameter{Value: "x"}, bq.QueryParameter{Value: []string{"a", "b"}},
		bq.QueryParameter{Value: bq.NullInt64{}})
	if diff := cmp.Diff([][]bq.Value{{"x", int64(2), nil}}, got); diff != "" {
		t.Errorf("positional (-want +got):\n%s", diff)
	}
}

// TestBadSQLFailsAtOnce guards against errors that the client repeats until its
// context ends.
func TestBadSQLFailsAtOnce(t *testing.T) {
	e := start(t)
	tests := []struct {
		sql    string
		code   int
		reason string
		text   string
	}{
		{"SELECT nope", 400, "invalidQuery", "Unrecognized name: nope"},
		{"SELEC 1", 400, "invalidQuery", ""},
		{"SELECT 1/0", 400, "invalidQuery", "division by zero"},
		{"SELECT * FROM nowhere.t", 404, "notFound", "nowhere"},
		{"SELECT ERROR('mine')", 400, "invalidQuery", "mine"},
		{"", 400, "required", "query"},
	}
	for _, tt := range tests {
		ctx := within(t, 20*time.Second)
		_, err := e.client.Query(tt.sql).Read(ctx)
		if tt.sql != "" {
			wantAPIError(t, err, tt.code, tt.reason)
		}
		if ctx.Err() != nil || err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%q: error %v, want one with %q at once", tt.sql, err, tt.text)
		}
		if tt.sql == "" {
			continue
		}
		// As a job, the failure is in its status.
		job, err := e.client.Query(tt.sql).Run(ctx)
		var be *bq.Error
		if _, failed := finish(t, job, err); !errors.As(failed, &be) || be.Reason != tt.reason {
			t.Errorf("%q as a job: %v, want reason %s", tt.sql, failed, tt.reason)
		}
	}
	legacy := e.client.Query("SELECT 1")
	legacy.UseLegacySQL = true
	_, err := legacy.Read(t.Context())
	wantAPIError(t, err, http.StatusBadRequest, "notImplemented")
}

func TestQueryPages(t *testing.T) {
	e := start(t)
	it, err := e.client.Query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n ORDER BY n").Read(within(t, 20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	it.PageInfo().MaxSize = 300
	got := rows(t, it)
	if len(got) != 1000 || got[0][0] != int64(1) || got[999][0] != int64(1000) || it.TotalRows != 1000 {
		t.Errorf("%d rows of %d", len(got), it.TotalRows)
	}
}

// TestLargeResult has a result of several pages by size.
func TestLargeResult(t *testing.T) {
	e := start(t)
	const n = 30_000
	it, err := e.client.Query("SELECT n, REPEAT('x', 1000) AS s FROM UNNEST(GENERATE_ARRAY(1, 30000)) AS n").Read(within(t, 20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	var sum, count int64
	for {
		var row struct {
			N int64
			S string
		}
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(row.S) != 1000 {
			t.Fatalf("row %d has a text of %d bytes", row.N, len(row.S))
		}
		sum, count = sum+row.N, count+1
	}
	if count != n || sum != n*(n+1)/2 {
		t.Errorf("%d rows with sum %d, want %d with %d", count, sum, n, n*(n+1)/2)
	}
}

func TestDryRun(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	q := e.client.Query("SELECT id, name AS label FROM ds.t")
	q.DryRun = true
	job, err := q.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := job.LastStatus()
	stats, ok := s.Statistics.Details.(*bq.QueryStatistics)
	if !ok || s.State != bq.Done || stats.StatementType != "SELECT" || len(stats.Schema) != 2 || stats.Schema[1].Name != "label" {
		t.Errorf("status %+v, statistics %+v", s, s.Statistics.Details)
	}
	q.Q = "SELECT nope FROM ds.t"
	_, err = q.Run(t.Context())
	wantAPIError(t, err, http.StatusBadRequest, "invalidQuery")
	for _, sql := range []string{"INSERT INTO ds.t (id) VALUES (1)", "CREATE TABLE ds.u (a INT64)"} {
		q.Q = sql
		if _, err := q.Run(t.Context()); err != nil {
			t.Errorf("dry run of %s: %v", sql, err)
		}
	}
	if got := e.query(t, "SELECT COUNT(*) FROM ds.t"); got[0][0] != int64(0) {
		t.Errorf("a dry run has added %v rows", got[0][0])
	}
}

func TestDMLStatistics(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	check := func(sql, statement string, affected int64) {
		t.Helper()
		stats := e.run(t, sql).Statistics.Details.(*bq.QueryStatistics)
		if stats.StatementType != statement || stats.NumDMLAffectedRows != affected {
			t.Errorf("%s: %s of %d rows, want %s of %d", sql, stats.StatementType, stats.NumDMLAffectedRows, statement, affected)
		}
	}
	check("INSERT INTO ds.t (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')", "INSERT", 3)
	check("UPDATE ds.t SET name = 'z' WHERE id > 1", "UPDATE", 2)
	check("DELETE FROM ds.t WHERE id = 3", "DELETE", 1)
	check("MERGE ds.t AS t USING (SELECT 2 AS id UNION ALL SELECT 9) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = 'm' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)", "MERGE", 2)
	check("TRUNCATE TABLE ds.t", "TRUNCATE_TABLE", 3)
}

func TestDestinationTable(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	q := e.client.Query("SELECT 1 AS a, 'x' AS b")
	q.Dst, q.WriteDisposition = d.Table("out"), bq.WriteAppend
	for range 2 {
		job, err := q.Run(t.Context())
		if _, failed := finish(t, job, err); failed != nil {
			t.Fatal(failed)
		}
	}
	if n := len(rows(t, d.Table("out").Read(t.Context()))); n != 2 {
		t.Errorf("%d rows appended, want 2", n)
	}
	// Without one, the result is a table of its own.
	dst := e.result(t, "SELECT 7 AS lucky")
	if diff := cmp.Diff([][]bq.Value{{int64(7)}}, rows(t, dst.Read(t.Context()))); diff != "" {
		t.Errorf("rows of %s (-want +got):\n%s", dst.FullyQualifiedName(), diff)
	}
	md, err := dst.Metadata(t.Context())
	if err != nil || md.NumRows != 1 || md.Schema[0].Name != "lucky" {
		t.Errorf("metadata of the result: %+v, %v", md, err)
	}
}

// The table of a result is read by statements and copied like another one, with values of
// every type.
func TestResultAsTable(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	const sql = `SELECT 7 AS lucky, NUMERIC '1.5' AS n, [STRUCT(DATE '2026-11-03' AS day, b'x' AS raw)] AS list, CAST(NULL AS STRING) AS nothing,
		TIMESTAMP '2026-11-03 08:00:00+00' AS moment, JSON '{"a": 1}' AS j, RANGE(DATE '2026-11-03', NULL) AS r, ST_GEOGPOINT(1, 2) AS p`
	result := e.result(t, sql)
	copied := d.Table("copied")
	copying, err := copied.CopierFrom(result).Run(t.Context())
	if _, failed := finish(t, copying, err); failed != nil {
		t.Fatal(failed)
	}
	const text = "TO_JSON_STRING((SELECT AS STRUCT t.* EXCEPT (p))) || ST_ASTEXT(t.p)"
	for _, from := range []string{"`" + result.ProjectID + "." + result.DatasetID + "." + result.TableID + "`", "ds.copied"} {
		it, err := e.client.Query("SELECT " + text + " = (SELECT " + text + " FROM (" + sql + ") AS t) FROM " + from + " AS t").Read(t.Context())
		if err != nil {
			t.Error(from, err)
			continue
		}
		got := rows(t, it)
		if diff := cmp.Diff([][]bq.Value{{true}}, got); diff != "" {
			t.Errorf("%s has the result's row (-want +got):\n%s", from, diff)
		}
	}
}

// The job of a statement that creates a table or a view names it as the destination.
func TestDestinationOfCreate(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	for _, c := range []struct{ sql, table string }{
		{"CREATE TABLE ds.made AS SELECT 7 AS lucky", "made"},
		{"CREATE OR REPLACE TABLE ds.made AS SELECT 8 AS lucky", "made"},
		{"CREATE VIEW ds.seen AS SELECT lucky FROM ds.made", "seen"},
	} {
		job, err := e.client.Query(c.sql).Run(t.Context())
		if _, failed := finish(t, job, err); failed != nil {
			t.Fatal(failed)
		}
		again, err := e.client.JobFromID(t.Context(), job.ID())
		if err != nil {
			t.Fatal(err)
		}
		config, err := again.Config()
		if err != nil {
			t.Fatal(err)
		}
		dst := config.(*bq.QueryConfig).Dst
		if want := d.Table(c.table).FullyQualifiedName(); dst.FullyQualifiedName() != want {
			t.Errorf("%s: destination %s, want %s", c.sql, dst.FullyQualifiedName(), want)
		}
		if md, err := dst.Metadata(t.Context()); err != nil || md.Schema[0].Name != "lucky" {
			t.Errorf("%s: metadata %+v, %v", c.sql, md, err)
		}
		it, err := job.Read(t.Context())
		if err != nil || len(rows(t, it)) != 0 || it.Schema[0].Name != "lucky" {
			t.Errorf("%s: it returns rows, no schema, or the error %v", c.sql, err)
		}
	}
}

func TestScript(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	job, err := e.client.Query("DECLARE n INT64 DEFAULT 2; INSERT INTO ds.t (id) VALUES (n); SELECT id * 10 AS x FROM ds.t;").Run(t.Context())
	s, failed := finish(t, job, err)
	if failed != nil {
		t.Fatal(failed)
	}
	if s.Statistics.NumChildJobs < 2 {
		t.Errorf("%d child jobs, want one per statement", s.Statistics.NumChildJobs)
	}
	it, err := job.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(20)}}, rows(t, it)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	kinds := map[string]bool{}
	children := job.Children(t.Context())
	for {
		child, err := children.Next()
		if errors.Is(err, iterator.Done) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		st := child.LastStatus()
		if st.Statistics.ParentJobID != job.ID() {
			t.Errorf("child %s has parent %s, want %s", child.ID(), st.Statistics.ParentJobID, job.ID())
		}
		kinds[st.Statistics.Details.(*bq.QueryStatistics).StatementType] = true
		frames := st.Statistics.ScriptStatistics.StackFrames
		if len(frames) != 1 || frames[0].StartLine != 1 || frames[0].StartColumn < 28 || frames[0].Text == "" {
			t.Errorf("frames of child %s: %+v", child.ID(), frames)
		}
	}
	if !kinds["INSERT"] || !kinds["SELECT"] {
		t.Errorf("statements of the child jobs: %v", kinds)
	}
}

// endless is a query that takes longer than any test.
const endless = "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a, UNNEST(GENERATE_ARRAY(1, 100000)) AS b, UNNEST(GENERATE_ARRAY(1, 1000)) AS c WHERE MOD(a * b + c, 7) = 3"

// Jobs say whether their result is a known one: it costs nothing then.
func TestQueryCache(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "d")
	e.table(t, d, "t", bq.Schema{{Name: "x", Type: bq.IntegerFieldType}})
	for i, want := range []bool{false, true} {
		status := e.run(t, "SELECT COUNT(x) FROM d.t")
		q := status.Statistics.Details.(*bq.QueryStatistics)
		if q.CacheHit != want || want && q.TotalBytesBilled != 0 {
			t.Errorf("run %d: cache hit %v, billed %d bytes, want %v", i, q.CacheHit, q.TotalBytesBilled, want)
		}
	}
	fresh := e.client.Query("SELECT COUNT(x) FROM d.t")
	fresh.DisableQueryCache = true
	job, err := fresh.Run(t.Context())
	status, failed := finish(t, job, err)
	if failed != nil || status.Statistics.Details.(*bq.QueryStatistics).CacheHit {
		t.Errorf("a query without the cache: error %v, or answered from it", failed)
	}
}
