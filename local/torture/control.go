package torture

// control is a rule of the count that is broken on purpose.
type control struct {
	name                string
	publishAnswersFirst bool
	pushAnswersFirst    bool
	rewrite             func(sql string) (string, error) // of a pass
}
