package sqltest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// request is a statement that may name the table d.t.
func request(sql string) *resolved.Request {
	return &resolved.Request{SQL: sql, Names: names{[]types.Field{{Name: "k", Type: types.Of(types.Int64)}}}}
}

// names know the table d.t, of columns with the pseudo column _TABLE_SUFFIX, and the table
// function d.f(INT64, TIMESTAMP).
type names struct{ columns []types.Field }

func (n names) In(string) resolved.Names { return n }

func (n names) Table(path []string) (*resolved.Source, error) {
	if strings.Join(path, ".") != "d.t" {
		return nil, bqerror.NotFound("Table", "p:"+strings.Join(path, "."))
	}
	return &resolved.Source{Name: "p:d.t", From: "data.t1", Visible: len(n.columns), Writable: true, Columns: append(
		slices.Clip(n.columns), types.Field{Name: "_TABLE_SUFFIX", Type: types.Of(types.String)},
	)}, nil
}

func (names) Routine(kind resolved.RoutineKind, path []string) (*resolved.Routine, error) {
	if strings.Join(path, ".") != "d.f" || kind != resolved.TableFunction {
		return nil, bqerror.Query("Table-valued function not found: %s", strings.Join(path, "."))
	}
	return &resolved.Routine{
		Kind: kind, Name: "p:d.f",
		Arguments: []resolved.Variable{{Name: "n", Type: types.Of(types.Int64)}, {Name: "at", Type: types.Of(types.Timestamp)}},
		Columns:   []types.Field{{Name: "k", Type: types.Of(types.Int64)}, {Name: "s", Type: types.Of(types.String)}},
	}, nil
}

func analyze(t *testing.T, sql string) resolved.Statement {
	t.Helper()
	a, err := analyzer.Analyzer{}.Analyze(request(sql))
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return a.Statement
}

// first is the first expression of a SELECT.
func first(t *testing.T, sql string) resolved.Expr {
	t.Helper()
	return analyze(t, sql).(*resolved.Query).Scan.(*resolved.Project).Exprs[0].Expr
}

func TestAnalyzedLiterals(t *testing.T) {
	for sql, want := range map[string]any{
		"1":                      int64(1),
		"b'a'":                   []byte("a"),
		"NUMERIC '1.50'":         "1.5",
		"DATE '2024-02-29'":      civil.Date{Year: 2024, Month: 2, Day: 29},
		"TIME '01:02:03.000004'": civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 4000},
		"JSON '{\"a\": 1}'":      `{"a":1}`,
		"[1, 2]":                 []any{int64(1), int64(2)},
		"STRUCT(1, 'x')":         []any{int64(1), "x"},
		"CAST(NULL AS STRING)":   nil,
	} {
		l, ok := first(t, "SELECT "+sql).(*resolved.Literal)
		if !ok {
			t.Errorf("%s is no literal", sql)
			continue
		}
		if diff := cmp.Diff(want, l.Value); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}

// The analyzer knows every type that the emulator stores.
func TestAnalyzerKnowsEveryType(t *testing.T) {
	var columns []types.Field
	for _, kind := range types.Kinds() {
		typ := types.Of(kind)
		switch kind {
		case types.Array:
			typ = types.ArrayOf(types.Of(types.Date))
		case types.Range:
			typ = types.RangeOf(types.Of(types.Datetime))
		case types.Struct:
			typ.Fields = []types.Field{{Name: "a", Type: types.Of(types.JSON)}, {Type: types.ArrayOf(types.Of(types.Int64))}}
		}
		columns = append(columns, types.Field{Name: fmt.Sprintf("of_%d", kind), Type: typ})
	}
	a, err := analyzer.Analyzer{}.Analyze(&resolved.Request{SQL: "SELECT * FROM d.t", Names: names{columns}})
	if err != nil {
		t.Fatal(err)
	}
	got := a.Statement.(*resolved.Query).Columns
	if len(got) != len(columns) {
		t.Fatalf("%d columns, want %d", len(got), len(columns))
	}
	for i, c := range columns {
		if !got[i].Column.Type.Equal(c.Type) {
			t.Errorf("%s comes back as %s", c.Type, got[i].Column.Type)
		}
	}
}

// A constant that the analyzer folds wrongly isn't folded.
func TestAnalyzedCastOfDateIsNotFolded(t *testing.T) {
	if _, ok := first(t, "SELECT CAST(DATE '2024-01-02' AS DATETIME)").(*resolved.Cast); !ok {
		t.Errorf("it is a %T", first(t, "SELECT CAST(DATE '2024-01-02' AS DATETIME)"))
	}
}

// The options of EXPORT DATA are texts, and its query is there.
func TestAnalyzedExportData(t *testing.T) {
	if s, ok := analyze(t, "EXPORT DATA OPTIONS (uri = 'x', format = 'CSV') AS SELECT 1").(*resolved.ExportData); !ok || s.Options["uri"] != "x" || len(s.Query.Columns) != 1 {
		t.Errorf("EXPORT DATA is %#v", s)
	}
}

func TestAnalyzerErrors(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT nope":            "Unrecognized name: nope at [1:8]",
		"SELECT":                 "Syntax error: Unexpected end of statement at [1:7]",
		"SELECT * FROM d.x":      "Not found: Table p:d.x was not found in location US",
		"SELECT CONTAINS_SUBSTR": "Unrecognized name: CONTAINS_SUBSTR at [1:8]",
		"SELECT * FROM d.g(1)":   "Table-valued function not found: d.g",
		"SELECT d.g(1)":          "Function not found: d.g at [1:8]",
	} {
		if _, err := (analyzer.Analyzer{}).Analyze(request(sql)); err == nil || err.Error() != want {
			t.Errorf("%s: error = %v, want %s", sql, err, want)
		}
	}
}

func TestAnalyzedPartitionByIngestion(t *testing.T) {
	d := analyze(t, "CREATE TABLE d.n (id INT64) PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)").(*resolved.DDL)
	if diff := cmp.Diff(&resolved.Partition{Type: "HOUR"}, d.Partition); diff != "" {
		t.Errorf("partition (-want +got):\n%s", diff)
	}
}

func TestAnalyzedMerge(t *testing.T) {
	m := analyze(t, "MERGE d.t USING (SELECT 1 AS k) s ON t.k = s.k WHEN MATCHED AND s.k > 0 THEN DELETE WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE THEN UPDATE SET k = 2").(*resolved.Merge)
	var got []string
	for _, w := range m.When {
		got = append(got, map[resolved.Match]string{resolved.Matched: "matched ", resolved.NotMatchedByTarget: "new ", resolved.NotMatchedBySource: "gone "}[w.Match]+
			map[resolved.Action]string{resolved.InsertRow: "insert", resolved.UpdateRow: "update", resolved.DeleteRow: "delete"}[w.Action])
	}
	if diff := cmp.Diff([]string{"matched delete", "new insert", "gone update"}, got); diff != "" {
		t.Errorf("clauses (-want +got):\n%s", diff)
	}
}

func TestAnalyzedScript(t *testing.T) {
	nodes, err := analyzer.Analyzer{}.Script("DECLARE a, b INT64 DEFAULT 1;\nSELECT a; l: WHILE a < 3 DO BREAK l; END WHILE; BEGIN RAISE; EXCEPTION WHEN ERROR THEN SELECT 2; END;")
	if err != nil {
		t.Fatal(err)
	}
	if len(nodes) != 4 {
		t.Fatalf("%d statements", len(nodes))
	}
	if d := nodes[0].(*script.Declare); len(d.Names) != 2 || d.Type != "INT64" || d.Default != "1" {
		t.Errorf("DECLARE = %+v", d)
	}
	if s := nodes[1].(*script.Simple); s.SQL != "SELECT a" || s.Offset != 30 {
		t.Errorf("SELECT = %+v", s)
	}
	if l := nodes[2].(*script.Loop); l.Label != "l" || l.While != "a < 3" || l.Body[0].(*script.Jump).Label != "l" {
		t.Errorf("WHILE = %+v", l)
	}
	if b := nodes[3].(*script.Block); !b.HasCatch || len(b.Handler) != 1 {
		t.Errorf("BEGIN = %+v", b)
	}
}

// Analyses may run at the same time; each sees its own tables.
func TestConcurrentAnalyses(t *testing.T) {
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				a, err := analyzer.Analyzer{}.Analyze(request("SELECT k FROM d.t WHERE k > 1"))
				if err != nil || len(a.Names) != 1 {
					t.Errorf("%v, %v", a, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestAnalyzedTableFunctions(t *testing.T) {
	call := analyze(t, "SELECT s FROM d.f(1, CURRENT_TIMESTAMP()) AS x").(*resolved.Query).Scan.(*resolved.Project).Input.(*resolved.TableCall)
	if call.Routine.Name != "p:d.f" || len(call.Args) != 2 || len(call.Indexes) != 1 || call.Indexes[0] != 1 || resolved.Correlated(call.Args[1]) {
		t.Errorf("call = %+v", call)
	}
	array := first(t, "SELECT ARRAY(SELECT s FROM d.f(t.k, NULL)) FROM d.t AS t").(*resolved.Subquery)
	if !resolved.Correlated(array.Scan.(*resolved.Project).Input.(*resolved.TableCall).Args[0]) {
		t.Error("an argument of a query around the call isn't correlated")
	}
	d := analyze(t, "CREATE OR REPLACE TABLE FUNCTION d.h(a INT64) RETURNS TABLE<z FLOAT64> AS (SELECT a AS z)").(*resolved.DDL)
	want := &resolved.RoutineDefinition{
		Kind: resolved.TableFunction, Arguments: []resolved.Variable{{Name: "a", Type: types.Of(types.Int64)}}, Returns: []types.Field{{Name: "z", Type: types.Of(types.Float64)}}, Body: "SELECT a AS z",
	}
	same := cmp.Comparer(func(a, b *types.Type) bool { return a == b || a != nil && b != nil && a.Equal(b) })
	if diff := cmp.Diff(want, d.Routine, same); diff != "" || !d.Replace || d.Query == nil {
		t.Errorf("%+v, routine (-want +got):\n%s", d, diff)
	}
}
