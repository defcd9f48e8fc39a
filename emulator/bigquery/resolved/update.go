package resolved

// Update is UPDATE … SET … [FROM …] WHERE ….
type Update struct {
	Extras
	Target *Table
	Items  []UpdateItem
	From   Scan // nil for none
	Where  Expr
}

// UpdateItem is an item of SET: a column, or a field of one, and its value.
type UpdateItem struct {
	Target   Expr
	Value    Expr
	Elements bool // changes elements of an array
}
