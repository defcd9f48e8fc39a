package resolved

// Statement is a statement.
type Statement interface{}

// The statements that read and change rows.
type (
	// Query is a SELECT.
	Query struct {
		Scan       Scan
		Columns    []OutputColumn
		ValueTable bool // SELECT AS STRUCT, SELECT AS VALUE
	}
	// Insert takes its rows from a query or from lists of values.
	Insert struct {
		Extras
		Target      *Table
		Columns     []*Column
		Query       Scan // nil for Rows
		QueryOutput []*Column
		Rows        [][]Expr
		Conflict    bool // INSERT OR …, ON CONFLICT
	}
	// Update is UPDATE … SET … [FROM …] WHERE ….
	Update struct {
		Extras
		Target *Table
		Items  []UpdateItem
		From   Scan // nil for none
		Where  Expr
	}
	// Delete is DELETE … WHERE ….
	Delete struct {
		Extras
		Target *Table
		Where  Expr
	}
	// Truncate is TRUNCATE TABLE.
	Truncate struct {
		Target    *Table
		Condition bool
	}
	// Merge is MERGE.
	Merge struct {
		Target *Table
		From   Scan
		On     Expr
		When   []When
	}
	// Other is a statement that the emulator doesn't know.
	Other struct{ Name string }
)

// OutputColumn is a column of a query's result; its name may be empty or begin with a
// dollar sign for one that the statement doesn't name.
type OutputColumn struct {
	Name   string
	Column *Column
}

// Extras are clauses of DML that BigQuery lacks.
type Extras struct{ AssertRows, Returning bool }

// UpdateItem is an item of SET: a column, or a field of one, and its value.
type UpdateItem struct {
	Target   Expr
	Value    Expr
	Elements bool // changes elements of an array
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

// The statements that control a script or a transaction.
type (
	// Begin is BEGIN TRANSACTION.
	Begin struct{}
	// Commit is COMMIT TRANSACTION.
	Commit struct{}
	// Rollback is ROLLBACK TRANSACTION.
	Rollback struct{}
	// Assert is ASSERT condition AS message.
	Assert struct {
		Condition Expr
		Message   string
	}
	// CallProcedure is CALL of a procedure.
	CallProcedure struct{ Procedure *Routine }
	// CreateFunction is CREATE TEMP FUNCTION with a body in SQL.
	CreateFunction struct{ Function *Function }
)
