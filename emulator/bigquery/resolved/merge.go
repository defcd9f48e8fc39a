package resolved

// Merge is MERGE.
type Merge struct {
	Target *Table
	From   Scan
	On     Expr
	When   []When
}

// When is a WHEN clause of a MERGE.
type When struct {
	Match     Match
	Action    Action
	Condition Expr // nil for none
	// Columns and Row are those of an INSERT.
	Columns []*Column
	Row     []Expr
	// Items are those of an UPDATE.
	Items []UpdateItem
}

// Match says which pairs of rows a WHEN clause is for.
type Match int

// The matches.
const (
	Matched Match = iota
	NotMatchedByTarget
	NotMatchedBySource
)

// Action says what a WHEN clause does.
type Action int

// The actions.
const (
	InsertRow Action = iota
	UpdateRow
	DeleteRow
)
