package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var integer = types.Of(types.Int64)

// fake is a host with a tiny language: an expression is a number, a variable, a < b
// or a + b; a statement is noted with the variable x, and fails if it is "fail".
type fake struct {
	state *State
	told  []string
}

func (d *fake) value(expr string) int64 {
	expr = strings.Trim(expr, "() ")
	for _, operator := range []string{" < ", " + "} {
		if left, right, ok := strings.Cut(expr, operator); ok {
			a, b := d.value(left), d.value(right)
			switch {
			case operator == " + ":
				return a + b
			case a < b:
				return 1
			default:
				return 0
			}
		}
	}
	if v := d.state.Scopes.Find(expr); v != nil {
		n, _ := v.Value.(int64)
		return n
	}
	var n int64
	_, _ = fmt.Sscan(expr, &n)
	return n
}

func (d *fake) Statement(_ context.Context, sql string) error {
	if sql == "fail" {
		return bqerror.Query("it failed at [1:3]")
	}
	d.told = append(d.told, fmt.Sprintf("%s x=%d", sql, d.value("x")))
	return nil
}

func (d *fake) Evaluate(_ context.Context, expr string) (*Variable, error) {
	text := strings.TrimPrefix(expr, "CAST(")
	switch {
	case strings.HasSuffix(expr, " AS BOOL)"):
		return &Variable{Value: d.value(strings.TrimSuffix(text, " AS BOOL)")) != 0}, nil
	case strings.HasSuffix(expr, " AS STRING)"):
		return &Variable{Type: types.Of(types.String), Value: strings.Trim(strings.TrimSuffix(text, " AS STRING)"), "()")}, nil
	}
	return &Variable{Type: integer, Value: d.value(strings.TrimSuffix(text, " AS INT64)"))}, nil
}

func (d *fake) Type(string) (*types.Type, error) { return integer, nil }

func (d *fake) Query(context.Context, string) (*types.Type, []map[string]any, error) {
	row := &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "n", Type: integer}}}
	return row, []map[string]any{{"n": int64(1)}, {"n": int64(2)}}, nil
}

func (d *fake) SetSystem(name string, value any) error {
	d.state.System[name] = value
	return nil
}

func (d *fake) Execute(_ context.Context, sql string, using []*Variable, into []string) error {
	d.told = append(d.told, fmt.Sprintf("%s %d %v", sql, len(using), into))
	return nil
}

// Procedure knows "next", which sets y to a + 1 and sees no x, and "deep", which calls
// itself.
func (d *fake) Procedure(sql string) (*Procedure, error) {
	switch sql {
	case "next":
		return &Procedure{
			Name: "p:d.next", Arguments: []ProcedureArgument{{"a", integer, true, false}, {"y", integer, false, true}},
			Body: []Node{set("y", "a + 1"), simple("in next"), &Jump{Return: true}, simple("never")},
		}, nil
	case "deep":
		return &Procedure{Name: "p:d.deep", Body: []Node{&Call{Text: Text{SQL: "deep"}}}}, nil
	case "failing":
		return &Procedure{Name: "p:d.failing", SQL: "BEGIN fail", Body: []Node{&Simple{Text: Text{"fail", 6}}}}, nil
	}
	return nil, bqerror.Query("Procedure not found: %s", sql)
}

func (d *fake) Enter(p *Procedure) func() {
	d.told = append(d.told, "enter "+p.Name)
	return func() { d.told = append(d.told, "leave "+p.Name) }
}

func call(sql string, args ...string) Node { return &Call{Text{SQL: sql}, args} }

func simple(sql string) Node { return &Simple{Text: Text{SQL: sql}} }

func declare(name, value string) Node {
	return &Declare{Names: []string{name}, Type: "INT64", Default: value}
}

func set(name, value string) Node { return &Set{Names: []string{name}, Value: value} }

// run runs a script and returns what its host was told.
func run(t *testing.T, nodes ...Node) ([]string, *State, error) {
	t.Helper()
	d := &fake{state: &State{System: map[string]any{}}}
	err := (&Runner{Host: d, State: d.state, SQL: "SELECT 1;\n  fail"}).Run(t.Context(), nodes)
	if len(d.state.Scopes) != 0 {
		t.Errorf("%d scopes are left", len(d.state.Scopes))
	}
	return d.told, d.state, err
}

func TestCallsAreNotTooDeep(t *testing.T) {
	told, _, err := run(t, call("deep"))
	if err == nil || !strings.Contains(err.Error(), "nested deeper than 50") || len(told) != 2*maxCalls {
		t.Errorf("%d calls and returns, %v", len(told), err)
	}
}

func TestRun(t *testing.T) {
	for name, test := range map[string]struct {
		nodes []Node
		want  []string
		err   string
	}{
		"variables": {nodes: []Node{declare("x", "1"), set("x", "x + 4"), simple("s")}, want: []string{"s x=5"}},
		"a block hides": {
			nodes: []Node{declare("x", "1"), &Block{Body: []Node{declare("x", "2"), simple("in")}}, simple("out")},
			want:  []string{"in x=2", "out x=1"},
		},
		"call": {
			nodes: []Node{declare("x", "4"), declare("z", "0"), call("next", "x", "z"), set("x", "z"), simple("out")},
			want:  []string{"enter p:d.next", "in next x=0", "leave p:d.next", "out x=5"},
		},
		"call without a variable": {nodes: []Node{call("next", "1", "2")}, err: "The argument of p:d.next for its OUT parameter y must be a variable, not 2"},
		"call of nothing":         {nodes: []Node{call("nope")}, err: "Procedure not found: nope"},
		"call that fails":         {nodes: []Node{call("failing")}, want: []string{"enter p:d.failing", "leave p:d.failing"}, err: "it failed at [p.d.failing:1:9]"},
		"redeclared":              {nodes: []Node{declare("x", "1"), declare("X", "1")}, err: "Variable 'X' redeclaration is not allowed"},
		"undeclared":              {nodes: []Node{set("y", "1")}, err: "Undeclared variable: y"},
		"if": {
			nodes: []Node{&If{Branches: []Branch{{"2 < 1", []Node{simple("a")}}, {"1 < 2", []Node{simple("b")}}}, Else: []Node{simple("c")}}},
			want:  []string{"b x=0"},
		},
		"while": {
			nodes: []Node{declare("x", "0"), &Loop{While: "x < 2", Body: []Node{set("x", "x + 1"), simple("s")}}},
			want:  []string{"s x=1", "s x=2"},
		},
		"repeat": {
			nodes: []Node{declare("x", "0"), &Loop{Until: "1 < x", Body: []Node{set("x", "x + 1")}}, simple("s")},
			want:  []string{"s x=2"},
		},
		"break and continue": {
			nodes: []Node{declare("x", "0"), &Loop{Body: []Node{
				set("x", "x + 1"),
				&If{Branches: []Branch{{"x < 2", []Node{&Jump{Continue: true}}}, {"2 < x", []Node{&Jump{}}}}},
				simple("s"),
			}}},
			want: []string{"s x=2"},
		},
		"leave the outer loop": {
			nodes: []Node{&Loop{Label: "outer", Body: []Node{&Loop{Body: []Node{&Jump{Label: "OUTER"}}}, simple("never")}}, simple("after")},
			want:  []string{"after x=0"},
		},
		"leave a block": {nodes: []Node{&Block{Label: "b", Body: []Node{&Jump{Label: "b"}, simple("never")}}, simple("after")}, want: []string{"after x=0"}},
		"return":        {nodes: []Node{&Loop{Body: []Node{&Jump{Return: true}}}, simple("never")}},
		"break nowhere": {nodes: []Node{&Jump{}}, err: "BREAK, CONTINUE or RETURN outside of a loop"},
		"for":           {nodes: []Node{declare("x", "7"), &For{Variable: "r", Body: []Node{simple("row")}}}, want: []string{"row x=7", "row x=7"}},
		"raise":         {nodes: []Node{&Raise{Message: "no"}}, err: "no"},
		"raise nothing": {nodes: []Node{&Raise{}}, err: "RAISE without a message is only allowed in an exception handler"},
		"execute": {
			nodes: []Node{&Execute{Query: "dynamic", Using: []Argument{{Value: "1"}, {Value: "2"}}, Into: []string{"x"}}},
			want:  []string{"dynamic 2 [x]"},
		},
		"located": {nodes: []Node{&Simple{Text: Text{SQL: "fail", Offset: 12}}}, err: "it failed at [2:5]"},
	} {
		got, _, err := run(t, test.nodes...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if err == nil && test.err != "" || err != nil && err.Error() != test.err {
			t.Errorf("%s: error = %v, want %q", name, err, test.err)
		}
	}
}

// A handler sees the error; what it leaves of the system's variables is the number
// of rows.
func TestExceptions(t *testing.T) {
	var seen string
	handler := []Node{&Set{Names: []string{"row_count"}, System: true, Value: "9"}, &Raise{}}
	_, state, err := run(t, &Block{HasCatch: true, Body: []Node{&Block{HasCatch: true, Body: []Node{simple("fail")}, Handler: handler}}, Handler: []Node{simple("caught")}})
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := state.System["error.message"]; ok {
		t.Errorf("after the handlers error.message is %v", m)
	}
	if state.System["row_count"] != int64(9) {
		t.Errorf("row_count = %v, want 9", state.System["row_count"])
	}
	_, _, err = run(t, &Block{HasCatch: true, Body: []Node{simple("fail")}, Handler: []Node{&Raise{}}})
	if err != nil {
		seen = err.Error()
	}
	if seen != "it failed at [1:3]" {
		t.Errorf("raised again: %q", seen)
	}
}

// The end of the context ends a script, past its handlers.
func TestCancelled(t *testing.T) {
	d := &fake{state: &State{System: map[string]any{}}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	endless := &Block{HasCatch: true, Body: []Node{&Loop{}}, Handler: []Node{&Loop{}}}
	if err := (&Runner{Host: d, State: d.state}).Run(ctx, []Node{endless}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestSetFromStruct(t *testing.T) {
	x, y := &Variable{Name: "x", Type: integer}, &Variable{Name: "y", Type: types.Of(types.String)}
	pair := &Variable{
		Type:  &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "a", Type: integer}, {Type: types.Of(types.String)}}},
		Value: map[string]any{"a": int64(1), "_f_1": "b"},
	}
	if err := pair.spread([]*Variable{x, y}); err != nil || x.Value != int64(1) || y.Value != "b" {
		t.Errorf("x = %v, y = %v, error %v", x.Value, y.Value, err)
	}
	if err := pair.spread([]*Variable{x}); err == nil || !strings.Contains(err.Error(), "needs a STRUCT of 1 fields") {
		t.Errorf("one variable of two fields: %v", err)
	}
	if err := pair.spread([]*Variable{y, x}); err == nil || !strings.Contains(err.Error(), "Cannot assign a value of type INT64 to variable 'y' of type STRING") {
		t.Errorf("fields of other types: %v", err)
	}
}
