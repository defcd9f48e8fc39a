package resolved

// Scan is a relation: what follows FROM, and what each clause makes of it.
type Scan interface {
	// Columns are those of the result.
	Columns() []*Column
}

// Output is embedded in scans and holds their columns.
type Output struct{ List []*Column }

// Columns implements Scan.
func (o *Output) Columns() []*Column { return o.List }

// The columns that APPENDS and CHANGES add to those of a table
// (https://cloud.google.com/bigquery/docs/change-history).
const (
	ChangeType      = "_CHANGE_TYPE"
	ChangeTimestamp = "_CHANGE_TIMESTAMP"
)

// The scans.
type (
	// SingleRow is one row without columns.
	SingleRow struct{ Output }
	// Table reads a table; Indexes has the position in the source for each column.
	Table struct {
		Output
		Source  *Source
		Indexes []int
		AsOf    Expr // FOR SYSTEM_TIME AS OF, nil for none
	}
	// TableCall calls a table function; Indexes has the position in the function's
	// columns for each column.
	TableCall struct {
		Output
		Routine *Routine
		Indexes []int
		Args    []Expr
	}
	// Changes is APPENDS or CHANGES of a table: its columns and two more, by Names. Indexes has
	// the position among those for each column. A time that is nil is NULL.
	Changes struct {
		Output
		Source     *Source
		All        bool // CHANGES
		Names      []string
		Indexes    []int
		Start, End Expr
	}
	// Sessionize is RANGE_SESSIONIZE: the rows of Input, with the session of each after
	// the columns of From. Indexes has the position among those for each column.
	Sessionize struct {
		Output
		Input     Scan
		From      []*Column
		Indexes   []int
		Range     int   // position in From
		Partition []int // positions in From
		Overlaps  bool  // ranges that only meet are of different sessions
	}
	// Project adds expressions to a scan.
	Project struct {
		Output
		Input Scan
		Exprs []Computed
	}
	// Filter keeps the rows of a condition.
	Filter struct {
		Output
		Input     Scan
		Condition Expr
	}
	// Join joins two scans; Condition is nil for none.
	Join struct {
		Output
		Kind        JoinKind
		Left, Right Scan
		Condition   Expr
		Lateral     bool
	}
	// Array is UNNEST, joined to Input unless that is nil.
	Array struct {
		Output
		Input     Scan
		Arrays    []Expr
		Elements  []*Column
		Offset    *Column // nil for none
		Condition Expr    // nil for none
		Outer     bool
	}
	// Aggregate is GROUP BY.
	Aggregate struct {
		Output
		Input    Scan
		GroupBy  []Computed
		Calls    []ComputedCall
		Sets     []GroupingSet
		Grouping []GroupingCall
	}
	// Analytic adds analytic functions to a scan.
	Analytic struct {
		Output
		Input  Scan
		Groups []AnalyticGroup
	}
	// OrderBy sorts.
	OrderBy struct {
		Output
		Input Scan
		Items []OrderItem
	}
	// Limit is LIMIT and OFFSET, nil for none.
	Limit struct {
		Output
		Input         Scan
		Limit, Offset Expr
	}
	// SetOperation is UNION, INTERSECT or EXCEPT.
	SetOperation struct {
		Output
		Operator SetOperator
		Inputs   []SetItem
	}
	// With is a query with named subqueries.
	With struct {
		Output
		Recursive bool
		Entries   []WithEntry
		Query     Scan
	}
	// WithRef reads a named subquery.
	WithRef struct {
		Output
		Name string
	}
	// Recursive is the body of a recursive named subquery.
	Recursive struct {
		Output
		Distinct    bool
		First, Next SetItem
		Depth       bool // WITH DEPTH
	}
	// RecursiveRef reads what the last turn of the recursion found.
	RecursiveRef struct{ Output }
	// AssertRows is the pipe operator ASSERT: Condition must hold for each row, else Message is
	// the error.
	AssertRows struct {
		Output
		Input              Scan
		Condition, Message Expr
	}
	// Sample is TABLESAMPLE.
	Sample struct {
		Output
		Input   Scan
		Method  string
		Percent bool
		Size    Expr
	}
	// InvalidScan stands for what the emulator doesn't support; see Invalid.
	InvalidScan struct {
		Output
		Err error
	}
)

// JoinKind is a kind of join.
type JoinKind int

// The kinds of joins.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
)

// SetOperator is a set operation.
type SetOperator int

// The set operations.
const (
	UnionAll SetOperator = iota
	UnionDistinct
	IntersectAll
	IntersectDistinct
	ExceptAll
	ExceptDistinct
)

// SetItem is an input of a set operation: Output has its columns in the order of
// those of the operation.
type SetItem struct {
	Scan   Scan
	Output []*Column
}

// WithEntry is a named subquery.
type WithEntry struct {
	Name string
	Scan Scan
}

// ComputedCall is a column and the aggregate or analytic call that it is. Err says
// why there is no call.
type ComputedCall struct {
	Column *Column
	Call   *AggregateCall
	Err    error
}

// GroupingSet is a set of GROUPING SETS. Each element of ROLLUP and CUBE is a list
// of columns; a plain set has one list.
type GroupingSet struct {
	Kind    GroupingKind
	Columns [][]*Column
}

// GroupingKind is a kind of grouping set.
type GroupingKind int

// The kinds of grouping sets.
const (
	PlainSet GroupingKind = iota
	Rollup
	Cube
	OtherSet // not supported
)

// GroupingCall is GROUPING(key).
type GroupingCall struct {
	Key, Column *Column
}

// AnalyticGroup are functions over one window.
type AnalyticGroup struct {
	Partition []*Column
	Order     []OrderItem
	Functions []ComputedCall
}
