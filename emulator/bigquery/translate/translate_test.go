package translate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// trees answers with trees that a test has built, by the statement's text.
type trees map[string]func() *resolved.Analysis

func (a trees) Analyze(req *resolved.Request) (*resolved.Analysis, error) {
	if tree := a[req.SQL]; tree != nil {
		return tree(), nil
	}
	return nil, bqerror.Query("no tree for %s", req.SQL)
}

var (
	integer = types.Of(types.Int64)
	k       = &resolved.Column{ID: 1, Name: "k", Type: integer}
	tags    = &resolved.Column{ID: 2, Name: "tags", Type: types.ArrayOf(integer)}
	votes   = &resolved.Source{
		Name: "p:d.votes", Fingerprint: "1", From: "data.t7", Visible: 2, Writable: true,
		Columns: []types.Field{{Name: "k", Type: integer}, {Name: "tags", Type: types.ArrayOf(integer)}},
	}
)

func scan(source *resolved.Source, columns ...*resolved.Column) *resolved.Table {
	t := &resolved.Table{Source: source, Output: resolved.Output{List: columns}}
	for _, c := range columns {
		t.Indexes = append(t.Indexes, int(c.ID)-1)
	}
	return t
}

func literal(n int64) resolved.Expr {
	return &resolved.Literal{Typed: resolved.Typed{Of: integer}, Value: n}
}

func call(function string, typ *types.Type, args ...resolved.Expr) *resolved.Call {
	return &resolved.Call{Typed: resolved.Typed{Of: typ}, Function: function, Args: args}
}

func output(scan resolved.Scan, columns ...resolved.OutputColumn) *resolved.Query {
	return &resolved.Query{Scan: scan, Columns: columns}
}

// of is the analysis of a statement that names some tables.
func of(stmt resolved.Statement, sources ...*resolved.Source) func() *resolved.Analysis {
	return func() *resolved.Analysis {
		a := &resolved.Analysis{Statement: stmt}
		for _, s := range sources {
			a.Names = append(a.Names, resolved.Named{Path: []string{"d", s.Name}, Source: s})
		}
		return a
	}
}

func plan(t *testing.T, a trees, sql string) *Plan {
	t.Helper()
	p, err := Statement(a, &resolved.Request{SQL: sql, Names: none{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func isOne() *resolved.Call {
	return call("$equal", types.Of(types.Bool), &resolved.ColumnRef{Column: k}, literal(1))
}

func TestStatements(t *testing.T) {
	bytes := &resolved.Parameter{Typed: resolved.Typed{Of: integer}, Name: "n"}
	a := trees{
		"a table": of(output(&resolved.Filter{Output: resolved.Output{List: []*resolved.Column{k, tags}}, Input: scan(votes, k, tags), Condition: isOne()},
			resolved.OutputColumn{Name: "k", Column: k}, resolved.OutputColumn{Name: "tags", Column: tags}), votes),
		"an expression": of(output(&resolved.Project{
			Output: resolved.Output{List: []*resolved.Column{k}}, Input: &resolved.SingleRow{},
			Exprs: []resolved.Computed{{Column: k, Expr: call("$add", integer, bytes, bytes)}},
		}, resolved.OutputColumn{Name: "$col1", Column: k}, resolved.OutputColumn{Name: "x", Column: k}, resolved.OutputColumn{Name: "X", Column: k})),
		"a delete":   of(&resolved.Delete{Target: scan(votes, k), Where: isOne()}, votes),
		"an insert":  of(&resolved.Insert{Target: scan(votes), Columns: []*resolved.Column{k, tags}, Rows: [][]resolved.Expr{{literal(1), &resolved.DefaultValue{}}}}, votes),
		"a truncate": of(&resolved.Truncate{Target: scan(votes)}, votes),
	}
	for _, test := range []struct{ statement, kind, sql string }{
		{"a table", "SELECT", `SELECT "^_1"."k" AS o0, coalesce("^_1"."tags", []) AS o1 FROM data.t7 AS "^_1" WHERE ("^_1"."k" = CAST(1 AS BIGINT))`},
		{"an expression", "SELECT", `SELECT c1 AS o0, c1 AS o1, c1 AS o2 FROM (SELECT CAST((CAST($1 AS BIGINT) + CAST($1 AS BIGINT)) AS BIGINT) AS c1)`},
		{"a delete", "DELETE", `DELETE FROM data.t7 AS _t WHERE (_t."k" = CAST(1 AS BIGINT))`},
		{"an insert", "INSERT", `INSERT INTO data.t7 ("k", "tags") VALUES (CAST(1 AS BIGINT), DEFAULT)`},
		{"a truncate", "TRUNCATE_TABLE", "DELETE FROM data.t7"},
	} {
		p := plan(t, a, test.statement)
		if got := p.Steps[len(p.Steps)-1].SQL; p.Kind != test.kind || got != test.sql {
			t.Errorf("%s: %s %s\nwant %s %s", test.statement, p.Kind, got, test.kind, test.sql)
		}
	}
	p := plan(t, a, "an expression")
	if diff := cmp.Diff([]string{"f0_", "x", "X_1"}, []string{p.Columns[0].Name, p.Columns[1].Name, p.Columns[2].Name}); diff != "" {
		t.Errorf("names of columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Parameter{{Kind: QueryParameter, Name: "n", Type: integer}}, p.Steps[0].Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	p = plan(t, a, "a table")
	if len(p.Uses) != 1 || p.Uses[0].Fingerprint != "1" || len(p.Reads) != 1 || len(p.Reads[0].Columns) != 2 || p.Volatile {
		t.Errorf("uses %+v, reads %+v, volatile %v", p.Uses, p.Reads, p.Volatile)
	}
}

// What isn't supported is refused by its name, where it is used.
func TestRefusals(t *testing.T) {
	filtered := *votes
	filtered.Filter, filtered.Partition = true, "k"
	select1 := func(e resolved.Expr) *resolved.Query {
		return output(&resolved.Project{Output: resolved.Output{List: []*resolved.Column{k}}, Input: &resolved.SingleRow{}, Exprs: []resolved.Computed{{Column: k, Expr: e}}},
			resolved.OutputColumn{Column: k})
	}
	a := trees{
		"function":  of(select1(call("st_regionstats", integer))),
		"invalid":   of(select1(&resolved.Invalid{Err: bqerror.Unsupported("type RANGE<DATE>")})),
		"statement": of(&resolved.Other{Name: "the statement ExportData"}),
		"scan":      of(output(&resolved.InvalidScan{Err: bqerror.Unsupported("MatchRecognizeScan")}, resolved.OutputColumn{Column: k})),
		"as of":     of(output(&resolved.Table{Source: votes, AsOf: literal(1)}, resolved.OutputColumn{Column: k})),
		"filter":    of(output(scan(&filtered, k), resolved.OutputColumn{Name: "k", Column: k}), &filtered),
		"view":      of(&resolved.Delete{Target: scan(&resolved.Source{Name: "p:d.v"}), Where: isOne()}),
		"returning": of(&resolved.Delete{Extras: resolved.Extras{Returning: true}, Target: scan(votes)}),
	}
	for statement, want := range map[string]string{
		"function":  "function ST_REGIONSTATS is not supported by this emulator",
		"invalid":   "type RANGE<DATE> is not supported by this emulator",
		"statement": "the statement ExportData is not supported by this emulator",
		"scan":      "MatchRecognizeScan is not supported by this emulator",
		"as of":     "FOR SYSTEM_TIME AS OF is not supported by this emulator",
		"filter":    "Cannot query over table 'p.d.votes' without a filter over column(s) 'k' that can be used for partition elimination",
		"view":      "p:d.v is not a table that can be modified",
		"returning": "THEN RETURN is not supported by this emulator",
	} {
		_, err := Statement(a, &resolved.Request{SQL: statement})
		if err == nil || err.Error() != want {
			t.Errorf("%s: error = %v, want %s", statement, err, want)
		}
	}
}

// Views are expanded, sixteen of them deep.
func TestViews(t *testing.T) {
	a := trees{}
	for i := range 20 {
		view := &resolved.Source{Name: fmt.Sprintf("v%d", i), View: fmt.Sprintf("level %d", i+1), Project: "p", Visible: 1, Columns: []types.Field{{Name: "k", Type: integer}}}
		a[fmt.Sprintf("level %d", i)] = of(output(scan(view, k), resolved.OutputColumn{Name: "k", Column: k}), view)
	}
	a["level 3"] = of(output(scan(votes, k), resolved.OutputColumn{Name: "k", Column: k}), votes)
	p := plan(t, a, "level 0")
	if len(p.Uses) != 4 || p.Uses[0].Source.Name != "p:d.votes" || p.Uses[3].Project != "" {
		t.Errorf("uses = %+v", p.Uses)
	}
	delete(a, "level 3")
	a["level 3"] = of(output(scan(&resolved.Source{Name: "itself", View: "level 3", Project: "p", Visible: 1, Columns: []types.Field{{Name: "k", Type: integer}}}, k), resolved.OutputColumn{Name: "k", Column: k}))
	_, err := Statement(a, &resolved.Request{SQL: "level 3", Names: none{}})
	if err == nil || err.Error() != "Too many nested views: itself" {
		t.Errorf("a view of itself: %v", err)
	}
}

// call1 is a call of a table function with 1, whose first column is c.
func call1(f *resolved.Routine, c *resolved.Column) *resolved.TableCall {
	return &resolved.TableCall{Output: resolved.Output{List: []*resolved.Column{c}}, Routine: f, Indexes: []int{0}, Args: []resolved.Expr{literal(1)}}
}

// The body of a table function stands in the place of its call, with the arguments in the
// place of their names; what must be evaluated once is.
func TestTableCall(t *testing.T) {
	f := &resolved.Routine{
		Kind: resolved.TableFunction, Name: "p:d.f", Fingerprint: "7", Project: "p", Create: "create f",
		Arguments: []resolved.Variable{{Name: "N", Type: integer}}, Columns: []types.Field{{Name: "k", Type: integer}},
	}
	body := &resolved.Filter{
		Output: resolved.Output{List: []*resolved.Column{k}}, Input: scan(votes, k),
		Condition: call("$equal", types.Of(types.Bool), &resolved.ColumnRef{Column: k}, &resolved.ScriptVariable{Typed: resolved.Typed{Of: integer}, Name: "n"}),
	}
	with := func(arg resolved.Expr) func() *resolved.Analysis {
		return func() *resolved.Analysis {
			c := &resolved.TableCall{Output: resolved.Output{List: []*resolved.Column{k}}, Routine: f, Indexes: []int{0}, Args: []resolved.Expr{arg}}
			return &resolved.Analysis{
				Statement: output(c, resolved.OutputColumn{Name: "k", Column: k}), Names: []resolved.Named{{Path: []string{"d", "f"}, Routine: f}},
			}
		}
	}
	a := trees{
		"create f":   of(&resolved.DDL{Action: resolved.CreateRoutine, Query: output(body, resolved.OutputColumn{Name: "k", Column: k})}, votes),
		"a constant": with(literal(1)),
		"a subquery": with(&resolved.Subquery{Typed: resolved.Typed{Of: integer}, Scan: scan(votes, k)}),
		"a column":   with(&resolved.ColumnRef{Column: k}),
	}
	const query = `SELECT "^_3"."k" AS o0 FROM data.t7 AS "^_3" WHERE ("^_3"."k" = %s)`
	for statement, want := range map[string]string{
		"a constant": `SELECT "^_4".o0 AS o0 FROM (` + fmt.Sprintf(query, "CAST(1 AS BIGINT)") + `) AS "^_4"`,
		"a subquery": `SELECT "^_5".o0 AS o0 FROM (WITH "^a_1" AS MATERIALIZED (SELECT (SELECT "^_2"."k" AS c1 FROM data.t7 AS "^_2") AS a0) ` +
			fmt.Sprintf(`SELECT "^_4"."k" AS o0 FROM data.t7 AS "^_4" WHERE ("^_4"."k" = %s)`, `(SELECT a0 FROM "^a_1")`) + `) AS "^_5"`,
	} {
		p := plan(t, a, statement)
		if got := p.Steps[0].SQL; got != want {
			t.Errorf("%s:\n got %s\nwant %s", statement, got, want)
		}
		if len(p.Uses) != 2 || p.Uses[0].Source != votes || p.Uses[0].Project != "p" || p.Uses[1].Routine != f || p.Uses[1].Fingerprint != "7" {
			t.Errorf("%s: uses %+v", statement, p.Uses)
		}
	}
	a["two calls"] = of(output(&resolved.Join{
		Output: resolved.Output{List: []*resolved.Column{k}}, Left: call1(f, k), Right: call1(f, tags),
	}, resolved.OutputColumn{Name: "k", Column: k}))
	analyzed := 0
	body1 := a["create f"]
	a["create f"] = func() *resolved.Analysis { analyzed++; return body1() }
	if p := plan(t, a, "two calls"); analyzed != 1 || strings.Count(p.Steps[0].SQL, "data.t7") != 2 {
		t.Errorf("two calls: the body is analyzed %d times: %s", analyzed, p.Steps[0].SQL)
	}
	if _, err := Statement(a, &resolved.Request{SQL: "a column", Names: none{}}); err == nil || !strings.Contains(err.Error(), "Correlated") {
		t.Errorf("a correlated argument: %v", err)
	}
}
