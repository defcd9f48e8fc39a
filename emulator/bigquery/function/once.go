package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// repeatable is how long an argument may be that a translation writes several times: one
// that holds such translations itself would grow with each level of nesting.
const repeatable = 400

// Once lets a translation name its arguments several times: a long one is evaluated ahead,
// and then so is one with a subquery, because DuckDB takes none where those are named.
func (c *Call) Once(use func(c *Call) string) string {
	if !slices.ContainsFunc(c.Args, long) {
		return use(c)
	}
	return c.ahead(func(i int) bool { return long(c.Args[i]) || queries(c.Args[i]) }, use)
}

// OnceFirst is Once for the first argument of a function that may not need the others, and
// doesn't evaluate those.
func (c *Call) OnceFirst(use func(c *Call) string) string {
	if !long(c.Args[0]) || slices.ContainsFunc(c.Args[1:], queries) {
		return use(c)
	}
	return c.ahead(func(i int) bool { return i == 0 }, use)
}

func long(arg string) bool { return len(arg) > repeatable }

func queries(arg string) bool { return strings.Contains(arg, "SELECT") }

// Safe makes an error of the call a NULL. Errors of its arguments stay: they are evaluated
// ahead unless they can have none.
func (c *Call) Safe(use func(c *Call) string) string {
	return c.ahead(func(i int) bool { return mayFail(c.Nodes[i]) }, func(c *Call) string { return ducksql.OrNull(use(c)) })
}

// mayFail reports whether the value of an expression may be an error.
func mayFail(e resolved.Expr) bool {
	switch e := e.(type) {
	case nil, *resolved.Literal, *resolved.ColumnRef, *resolved.Parameter, *resolved.ScriptVariable, *resolved.SystemVariable:
		return false
	case *resolved.GetField:
		return mayFail(e.Expr)
	}
	return true
}

// ahead translates the call with some arguments as fields of a value that is computed
// ahead.
func (c *Call) ahead(which func(i int) bool, use func(c *Call) string) string {
	inner, name := *c, c.Fresh("a")
	inner.Args = append([]string(nil), c.Args...)
	var fields []string
	for i, arg := range c.Args {
		if !which(i) {
			continue
		}
		field := fmt.Sprintf("x%d", i)
		fields = append(fields, field+" := "+arg)
		inner.Args[i] = fmt.Sprintf("struct_extract(%s, '%s')", name, field)
	}
	if len(fields) == 0 {
		return use(c)
	}
	return fmt.Sprintf("list_transform([struct_pack(%s)], lambda %s: %s)[1]", strings.Join(fields, ", "), name, use(&inner))
}
