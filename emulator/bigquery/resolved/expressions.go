package resolved

import "github.com/tallystream/tallystream/emulator/bigquery/types"

// Column is a column of a scan. Its number is its identity: two columns of one
// name have two numbers.
type Column struct {
	ID   int32
	Name string
	Type *types.Type
}

// Expr is an expression.
type Expr interface {
	// Type is the type of the value; nil for a Lambda and for Invalid.
	Type() *types.Type
}

// Typed is embedded in expressions that keep their type.
type Typed struct{ Of *types.Type }

// Type implements Expr.
func (t Typed) Type() *types.Type { return t.Of }

// The expressions.
type (
	// Literal is a constant: nil for NULL, else by type as in types.Rows, but
	// INTERVAL, which is a types.IntervalValue.
	Literal struct {
		Typed
		Value any
		// Keyword is the name of a date part or another enumeration's value,
		// which has no value of its own; "" for none.
		Keyword string
	}
	// ColumnRef is the value of a column.
	ColumnRef struct{ Column *Column }
	// Parameter is a query parameter, by its lower-case name or by its position
	// from 1.
	Parameter struct {
		Typed
		Name     string
		Position int
	}
	// ScriptVariable is a variable of a script, or an argument of a function of it.
	ScriptVariable struct {
		Typed
		Name string
	}
	// SystemVariable is @@name, in lower case and without @@.
	SystemVariable struct {
		Typed
		Name string
	}
	// Call is a call of a scalar function. Operators are functions too, whose
	// names begin with a dollar sign: $add, $equal, $case_no_value.
	Call struct {
		Typed
		Function string   // in lower case
		Routine  *Routine // of a dataset, nil for another function
		Args     []Expr
		Safe     bool // SAFE.f: an error is NULL
		// Collation is what the call compares texts by, "" for none.
		Collation string
	}
	// Lambda is an argument x -> body.
	Lambda struct {
		Params []*Column
		Body   Expr
	}
	// Cast is CAST or SAFE_CAST.
	Cast struct {
		Typed
		Expr   Expr
		Safe   bool
		Format Expr         // nil without FORMAT
		Zone   Expr         // nil without AT TIME ZONE
		Limits types.Limits // of CAST(x AS STRING(3))
	}
	// Subquery is a query in an expression.
	Subquery struct {
		Typed
		Kind SubqueryKind
		Scan Scan
		In   Expr // left of IN
		// Collation is what IN and LIKE compare texts by, "" for none.
		Collation string
	}
	// MakeStruct is STRUCT(…).
	MakeStruct struct {
		Typed
		Fields []Expr
	}
	// GetField is a field of a STRUCT.
	GetField struct {
		Typed
		Expr  Expr
		Index int
	}
	// GetJSONField is json.name.
	GetJSONField struct {
		Typed
		Expr Expr
		Name string
	}
	// WithExpr is WITH(a AS …, expression of a). Each assignment sees those before.
	WithExpr struct {
		Typed
		Assignments []Computed
		Expr        Expr
	}
	// DefaultValue is DEFAULT in DML.
	DefaultValue struct{ Typed }
	// Invalid stands for what the emulator doesn't support. Where it is used, the
	// statement fails with Err.
	Invalid struct {
		Typed
		Err error
	}
)

// Type implements Expr.
func (c *ColumnRef) Type() *types.Type { return c.Column.Type }

// Type implements Expr: a lambda has none.
func (*Lambda) Type() *types.Type { return nil }

// SubqueryKind says what a subquery yields.
type SubqueryKind int

// The kinds of subqueries.
const (
	ScalarSubquery SubqueryKind = iota
	ExistsSubquery
	InSubquery
	ArraySubquery
	LikeAnySubquery
	LikeAllSubquery
	NotLikeAnySubquery
	NotLikeAllSubquery
)

// Computed is a column and the expression that it is.
type Computed struct {
	Column *Column
	Expr   Expr
}

// AggregateCall is a call of an aggregate function with its modifiers.
type AggregateCall struct {
	Call
	Distinct     bool
	IgnoreNulls  bool
	RespectNulls bool
	Where        Expr        // rows to take, nil for all
	OrderBy      []OrderItem // of the rows
	Limit        Expr        // nil for none
	Having       *Having     // HAVING MAX or MIN, nil for none
	Nested       bool        // has a GROUP BY or a condition of its own
	Frame        *Frame      // of an analytic call, nil for none
}

// Having keeps the rows where an expression is greatest, or least.
type Having struct {
	Max  bool
	Expr Expr
}

// Frame is the frame of a window.
type Frame struct {
	Range      bool // else ROWS
	Start, End *Bound
}

// Bound is an end of a frame.
type Bound struct {
	Kind   BoundKind
	Offset Expr // nil for none
}

// BoundKind says where a frame begins or ends.
type BoundKind int

// The kinds of bounds.
const (
	CurrentRow BoundKind = iota
	UnboundedPreceding
	UnboundedFollowing
	OffsetPreceding
	OffsetFollowing
)

// OrderItem is an item of an ORDER BY.
type OrderItem struct {
	Column     *Column
	Descending bool
	Nulls      NullOrder
}

// NullOrder says where NULLs sort.
type NullOrder int

// The orders of NULLs.
const (
	NullsDefault NullOrder = iota // first when ascending, last when descending
	NullsFirst
	NullsLast
)
