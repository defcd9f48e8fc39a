package resolved

// Assert is ASSERT condition AS message.
type Assert struct {
	Condition Expr
	Message   string
}
