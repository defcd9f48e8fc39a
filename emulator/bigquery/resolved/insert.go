package resolved

// Insert takes its rows from a query or from lists of values.
type Insert struct {
	Extras
	Target      *Table
	Columns     []*Column
	Query       Scan // nil for Rows
	QueryOutput []*Column
	Rows        [][]Expr
	Conflict    bool // INSERT OR …, ON CONFLICT
}
