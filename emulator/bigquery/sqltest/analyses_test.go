package sqltest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// counting counts analyses.
type counting struct {
	analyzer.Analyzer
	n *atomic.Int64
}

func (c counting) Analyze(req *resolved.Request) (*resolved.Analysis, error) {
	c.n.Add(1)
	return c.Analyzer.Analyze(req)
}

// A statement of another project is analyzed again only if its tables have other columns,
// and reads and changes the tables of its own project.
func TestAnalysesServeOtherProjects(t *testing.T) {
	var analyzed atomic.Int64
	e, err := engine.Open(t.Context(), Options{Analyzer: counting{n: &analyzed}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	run := func(project, sql string) *Result {
		t.Helper()
		res, err := e.Query(t.Context(), Query{SQL: sql, Project: project})
		if err != nil {
			t.Fatalf("%s in %s: %v", sql, project, err)
		}
		return res
	}
	script := `
		CREATE TEMP TABLE fresh AS SELECT k + 10 AS k, v FROM d.t;
		MERGE d.u USING fresh AS f ON u.k = f.k WHEN NOT MATCHED THEN INSERT (k, v) VALUES (f.k, f.v);
		UPDATE d.t SET v = CONCAT(v, '!') WHERE k = 2;
		SELECT (SELECT STRING_AGG(v ORDER BY k) FROM d.w), (SELECT SUM(k) FROM d.u)`
	for i, c := range []struct {
		project, number string // the type of t.k
		want            []any
		again           bool // the script is analyzed
	}{
		{"a", "INT64", []any{"a1,a2!", int64(23)}, true},
		{"b", "INT64", []any{"b1,b2!", int64(23)}, false},
		{"c", "FLOAT64", []any{"c1,c2!", 23.0}, true},
		{"a2", "INT64", []any{"a21,a22!", int64(23)}, true}, // the last one is kept
		{"b2", "INT64", []any{"b21,b22!", int64(23)}, false},
	} {
		if _, err := e.CreateDataset(t.Context(), &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: c.project, DatasetId: "d"}}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 { // physical tables differ in more than their project
			run(c.project, "CREATE TABLE d.other AS SELECT 1 AS x")
		}
		run(c.project, fmt.Sprintf("CREATE TABLE d.t AS SELECT CAST(k AS %s) AS k, CONCAT('%s', k) AS v FROM UNNEST([1, 2]) AS k", c.number, c.project))
		run(c.project, fmt.Sprintf("CREATE TABLE d.u (k %s, v STRING)", c.number))
		run(c.project, "CREATE VIEW d.w AS SELECT k, v FROM d.t")
		before := analyzed.Load()
		res := run(c.project, script)
		if diff := cmp.Diff([][]any{c.want}, res.Rows.Values); diff != "" {
			t.Errorf("project %s (-want +got):\n%s", c.project, diff)
		}
		if again := analyzed.Load() > before; again != c.again {
			t.Errorf("project %s: %d analyses, want any: %v", c.project, analyzed.Load()-before, c.again)
		}
		for _, ref := range res.Referenced {
			if ref.Project != c.project {
				t.Errorf("project %s: the script refers to %s", c.project, ref)
			}
		}
	}
}

// A view and a table function that name their project are analyzed again in another project only if its tables have
// other columns, and read the tables of their own project. One that is wrong says so in its own words.
func TestDefinitionsServeOtherProjects(t *testing.T) {
	var analyzed atomic.Int64
	e, err := engine.Open(t.Context(), Options{Analyzer: counting{n: &analyzed}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	for _, c := range []struct {
		project, number string // the type of t.k
		want            []any
		analyses        int64
	}{
		// Of the function, of the call of it, and of its body there with the call's time zone. In another project, of the call.
		{"a", "INT64", []any{"`a.d.t`", "a1,a2", int64(3)}, 2},
		{"b", "INT64", []any{"`a.d.t`", "b1,b2", int64(3)}, 1},
		{"c", "FLOAT64", []any{"`a.d.t`", "c1,c2", 3.0}, 2},
		{"d", "FLOAT64", []any{"`a.d.t`", "d1,d2", 3.0}, 2}, // its dataset has the same name
	} {
		query := func(sql string) (*Result, error) {
			return e.Query(t.Context(), Query{SQL: sql, Project: c.project})
		}
		if _, err := e.CreateDataset(t.Context(), &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: c.project, DatasetId: "d"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := query(fmt.Sprintf("CREATE TABLE d.t AS SELECT CAST(k AS %s) AS k, CONCAT('%s', k) AS v FROM UNNEST([1, 2]) AS k", c.number, c.project)); err != nil {
			t.Fatal(err)
		}
		routine := func(id, body string) error {
			_, err := e.CreateRoutine(t.Context(), &bqv2.Routine{
				RoutineReference: &bqv2.RoutineReference{ProjectId: c.project, DatasetId: "d", RoutineId: id},
				RoutineType:      "TABLE_VALUED_FUNCTION", DefinitionBody: fmt.Sprintf(body, c.project),
			})
			return err
		}
		before := analyzed.Load()
		if err := routine("f", "SELECT '`a.d.t`' AS name, v, k FROM `%s.d.t`"); err != nil {
			t.Fatal(err)
		}
		res, err := query("SELECT ANY_VALUE(name), STRING_AGG(v ORDER BY k), SUM(k) FROM d.f()")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]any{c.want}, res.Rows.Values); diff != "" {
			t.Errorf("project %s (-want +got):\n%s", c.project, diff)
		}
		if n := analyzed.Load() - before; n != c.analyses {
			t.Errorf("project %s: %d analyses, want %d", c.project, n, c.analyses)
		}
		for _, ref := range res.Referenced {
			if ref.Project != c.project {
				t.Errorf("project %s: the query refers to %s", c.project, ref)
			}
		}
		want := fmt.Sprintf("Not found: Table %s:d.missing", c.project)
		if err := routine("g", "SELECT 1 AS x FROM `%s.d.missing`"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("project %s: error = %v, want %s", c.project, err, want)
		}
	}
}

// Statements of several projects that share an analysis run at the same time.
func TestSharedAnalysesRunTogether(t *testing.T) {
	e := open(t, Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		project := fmt.Sprintf("p%d", i)
		if _, err := e.CreateDataset(t.Context(), &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: project, DatasetId: "d"}}); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for j, sql := range []string{
				"CREATE TABLE d.t (k INT64)",
				"INSERT d.t SELECT k FROM UNNEST([1, 2, 3]) AS k",
				fmt.Sprintf("DELETE FROM d.t WHERE k = %d", i%3+1),
				"MERGE d.t USING (SELECT k + 1 AS k FROM d.t) AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT VALUES (k)",
				"SELECT SUM(k) FROM d.t",
			} {
				res, err := e.Query(t.Context(), Query{SQL: sql, Project: project})
				if err != nil {
					t.Errorf("%s in %s: %v", sql, project, err)
					return
				}
				if want := []int64{9, 10, 6}[i%3]; j == 4 && res.Rows.Values[0][0] != want {
					t.Errorf("%s has the sum %v, want %d", project, res.Rows.Values[0][0], want)
				}
			}
		})
	}
	wg.Wait()
}
