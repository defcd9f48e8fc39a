package resolved

// Delete is DELETE … WHERE ….
type Delete struct {
	Extras
	Target *Table
	Where  Expr
}
