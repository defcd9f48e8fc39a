package operators

import (
	"fmt"
	"math"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// To DuckDB a NaN equals itself and is greater than all other numbers, and two STRUCTs are
// equal or not whatever is NULL in them. To BigQuery a comparison with a NaN is false, and
// fields are compared one by one
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#comparison_operators).

// special reports whether values of a type compare otherwise than in DuckDB.
func special(t *types.Type) bool {
	return t != nil && (t.Kind == types.Float64 || t.Kind == types.Struct || t.Kind == types.Interval || t.Collation != "")
}

// Key is what values of a type are ordered and grouped by.
func Key(x string, t *types.Type) string {
	switch {
	case t.Kind == types.Interval:
		return "bq_interval_key(" + x + ")"
	case !Keyed(t):
		return x
	case t.Kind == types.String:
		return "bq_collation_key(" + x + ")"
	case t.Kind == types.Array:
		return "list_transform(" + x + ", lambda k_: " + Key("k_", t.Elem) + ")"
	}
	parts := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		parts[i] = types.Quote(t.Key(i)) + " := " + Key(ducksql.Field(x, t, i), f.Type)
	}
	return "CASE WHEN " + x + " IS NOT NULL THEN struct_pack(" + strings.Join(parts, ", ") + ") END"
}

// Keyed reports whether values of a type have a key that isn't themselves: INTERVALs, texts with a
// collation, and what holds one.
func Keyed(t *types.Type) bool {
	return t.Holds(func(t *types.Type) bool {
		return t.Kind == types.Interval || t.Kind == types.String && t.Collation != ""
	})
}

// Alike is a value that DuckDB groups, compares and orders as BigQuery does, for what takes no
// key: an INTERVAL whose parts have two signs is an error.
func Alike(x string, t *types.Type, use string) string {
	switch {
	case !Keyed(t):
		return x
	case t.Kind == types.String:
		bqerror.Refuse("%s of texts with a collation", use)
	case t.Kind != types.Interval:
		bqerror.Refuse("%s of %s", use, t)
	}
	return "CASE WHEN bq_interval_alike(" + x + ", " + ducksql.String(use) + ") THEN " + x + " END"
}

// keyed is a call over the keys of its arguments.
func keyed(c *function.Call) *function.Call {
	if c.Types[0] == nil || !Keyed(c.Types[0]) {
		return c
	}
	k := *c
	k.Args = make([]string, len(c.Args))
	for i, a := range c.Args {
		k.Args[i] = Key(a, c.Types[0])
	}
	return &k
}

// distinct is IS DISTINCT FROM, or IS NOT DISTINCT FROM.
func distinct(operator string) function.Scalar {
	return func(c *function.Call) string { return keyed(c).Fill("($1 " + operator + " $2)") }
}

// Equal is an expression of whether two values of a type are equal.
func Equal(a, b string, t *types.Type) string {
	switch t.Kind {
	case types.Float64:
		return fmt.Sprintf("(%[1]s = %[2]s AND NOT (isnan(%[1]s) AND isnan(%[2]s)))", a, b)
	case types.Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = Equal(ducksql.Field(a, t, i), ducksql.Field(b, t, i), f.Type)
		}
		return "(" + strings.Join(parts, " AND ") + ")"
	}
	return "(" + Key(a, t) + " = " + Key(b, t) + ")"
}

func equal(c *function.Call) string {
	if float(c) && (neverNaN(c.Nodes[0]) || neverNaN(c.Nodes[1])) || !special(c.Types[0]) {
		return c.Fill("($1 = $2)")
	}
	return c.Once(func(c *function.Call) string { return Equal(c.Args[0], c.Args[1], c.Types[0]) })
}

func notEqual(c *function.Call) string {
	if float(c) && (neverNaN(c.Nodes[0]) || neverNaN(c.Nodes[1])) || !special(c.Types[0]) {
		return c.Fill("($1 <> $2)")
	}
	return c.Once(func(c *function.Call) string { return "(NOT " + Equal(c.Args[0], c.Args[1], c.Types[0]) + ")" })
}

func less(c *function.Call) string           { return ordered(c, "<", 1, 0) }
func lessOrEqual(c *function.Call) string    { return ordered(c, "<=", 1, 0) }
func greater(c *function.Call) string        { return ordered(c, ">", 0, 1) }
func greaterOrEqual(c *function.Call) string { return ordered(c, ">=", 0, 1) }

// between is two comparisons.
func between(c *function.Call) string {
	if !float(c) {
		return keyed(c).Fill("($1 BETWEEN $2 AND $3)")
	}
	return c.Once(func(c *function.Call) string {
		pair := func(i int) *function.Call {
			p := *c
			p.Args, p.Nodes, p.Types = []string{c.Args[0], c.Args[i]}, []resolved.Expr{c.Nodes[0], c.Nodes[i]}, []*types.Type{c.Types[0], c.Types[i]}
			return &p
		}
		return "(" + greaterOrEqual(pair(1)) + " AND " + lessOrEqual(pair(2)) + ")"
	})
}

// ordered is a comparison that holds in DuckDB where the argument that must be greater is a
// NaN. It stays a conjunction, which joins and filters use.
func ordered(c *function.Call, operator string, high, low int) string {
	if !float(c) || neverNaN(c.Nodes[high]) {
		return keyed(c).Fill("($1 " + operator + " $2)")
	}
	return c.Once(func(c *function.Call) string {
		number := "NOT isnan(" + c.Args[high] + ")"
		if l, ok := c.Nodes[low].(*resolved.Literal); !ok || l.Value == nil {
			number = "(" + number + " OR " + c.Args[low] + " IS NULL)"
		}
		return c.Fill("($1 " + operator + " $2 AND " + number + ")")
	})
}

// float reports whether a comparison is of FLOAT64.
func float(c *function.Call) bool { return c.Types[0].Kind == types.Float64 }

// neverNaN reports whether an expression can't be a NaN.
func neverNaN(e resolved.Expr) bool {
	switch x := e.(type) {
	case *resolved.Literal:
		f, isFloat := x.Value.(float64)
		return !isFloat || !math.IsNaN(f)
	case *resolved.Cast:
		switch x.Expr.Type().Kind {
		case types.Int64, types.Numeric, types.BigNumeric, types.Bool:
			return true
		}
	}
	return false
}
