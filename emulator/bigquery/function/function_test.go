package function

import (
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// translated is what a function makes of a call, or the message of its error.
func translated(f Scalar, c *Call) (out string) {
	var err error
	defer func() {
		if err != nil {
			out = err.Error()
		}
	}()
	defer bqerror.Catch(&err)
	return f(c)
}

func call(args ...string) *Call {
	c := &Call{Name: "$f", Args: args}
	for range args {
		c.Types = append(c.Types, types.Of(types.String))
	}
	return c
}

func TestTranslations(t *testing.T) {
	bytes := call("x")
	bytes.Types[0] = types.Of(types.Bytes)
	for _, test := range []struct {
		f    Scalar
		call *Call
		want string
	}{
		{SQL("f($2, $1)"), call("a", "b"), "f(b, a)"},
		{SQL("f($*) || '$'"), call("a", "b"), "f(a, b) || '$'"},
		{ByCount(map[int]string{1: "one($1)"}), call("a"), "one(a)"},
		{ByCount(map[int]string{1: "one($1)"}), call(), "$F with 0 arguments is not supported by this emulator"},
		{ByKind("text($1)", "bytes($1)"), call("x"), "text(x)"},
		{ByKind("text($1)", "bytes($1)"), bytes, "bytes(x)"},
		{Joined(" OR "), call("a", "b"), "(a OR b)"},
		{func(c *Call) string { return c.Arg(1, "none") }, call("a"), "none"},
	} {
		if got := translated(test.f, test.call); got != test.want {
			t.Errorf("%v: %s, want %s", test.call.Args, got, test.want)
		}
	}
}

func TestLiterals(t *testing.T) {
	text := func(v any) resolved.Expr {
		return &resolved.Literal{Typed: resolved.Typed{Of: types.Of(types.String)}, Value: v}
	}
	c := &Call{Name: "f", Nodes: []resolved.Expr{
		&resolved.Literal{Typed: resolved.Typed{Of: types.Of(types.Int64)}, Value: int64(7)}, text("x"), text(nil), &resolved.ColumnRef{},
	}}
	if n := c.LiteralInt(0); n != 7 {
		t.Errorf("LiteralInt = %d", n)
	}
	if s, ok := c.LiteralString(1); s != "x" || !ok {
		t.Errorf("LiteralString = %q, %v", s, ok)
	}
	for i := range c.Nodes {
		if s, ok := c.LiteralString(i); ok && i != 1 {
			t.Errorf("LiteralString(%d) = %q", i, s)
		}
	}
	if got := translated(func(c *Call) string { c.LiteralInt(3); return "" }, c); !strings.Contains(got, "isn't a literal") {
		t.Errorf("a column as a literal: %q", got)
	}
}

func TestAggregateModifiers(t *testing.T) {
	a := &AggregateCall{Call: call("x"), Distinct: true, Order: " ORDER BY y", Where: "w", Over: " OVER ()"}
	if got, want := Duck("list")(a), "list(DISTINCT x ORDER BY y) FILTER (WHERE w) OVER ()"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	a.IgnoreNulls = true
	if got, want := DuckWindow("first")(a), "first(x IGNORE NULLS) OVER ()"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	a.Limit = "1"
	if got := translated(func(*Call) string { return a.Plain("sum") }, a.Call); !strings.Contains(got, "LIMIT in F") {
		t.Errorf("LIMIT: %q", got)
	}
}

func TestRegistry(t *testing.T) {
	g := Group{
		Scalars: map[string]Scalar{"b": SQL("b"), "a": SQL("a")}, Aggregates: map[string]Aggregate{"c": Duck("c")},
		Windows: map[string]Aggregate{"d": DuckWindow("d")}, Exact: []string{"a"},
	}
	r := NewRegistry(g)
	if names := r.Names(); !slices.Equal(names, []string{"a", "b", "c", "d"}) {
		t.Errorf("names = %v", names)
	}
	if !r.Exact["a"] || r.Exact["b"] || !r.Has("d") || r.Has("e") {
		t.Errorf("Exact = %v, Has(d) = %v, Has(e) = %v", r.Exact, r.Has("d"), r.Has("e"))
	}
	defer func() {
		if recover() == nil {
			t.Error("a name may be registered twice")
		}
	}()
	NewRegistry(g, Group{Scalars: map[string]Scalar{"a": SQL("a")}})
}
