package script

// Node is a statement of a script.
type Node interface{ isNode() }

// Text is a piece of the script.
type Text struct {
	SQL    string
	Offset int // of its first byte in the script
}

func (t Text) text() string { return t.SQL }

// The statements of scripts. Simple is any statement that is translated.
type (
	Simple struct {
		Text
		// Script says that it is a script even by itself, as CREATE PROCEDURE is.
		Script bool
	}
	Declare struct {
		Text
		Names   []string
		Type    string // "" to take the default's
		Default string // "" for NULL
	}
	Set struct {
		Text
		Names  []string
		Tuple  bool // SET (a, b) = …: the names take the fields of a STRUCT
		System bool // the name is a system variable's, without @@
		Value  string
	}
	Block struct {
		Text
		Label    string
		Body     []Node
		Handler  []Node // of EXCEPTION WHEN ERROR
		HasCatch bool
	}
	If struct {
		Text
		Branches []Branch
		Else     []Node
	}
	Loop struct { // LOOP, WHILE and REPEAT
		Text
		Label string
		While string // checked before each turn, "" for none
		Until string // checked after each turn, "" for none
		Body  []Node
	}
	For struct {
		Text
		Label    string
		Variable string
		Query    string
		Body     []Node
	}
	Jump struct { // BREAK, LEAVE, CONTINUE, ITERATE and RETURN
		Text
		Continue, Return bool
		Label            string
	}
	Raise struct {
		Text
		Message string // "" to raise the caught error again, or for none
	}
	Execute struct {
		Text
		Query string // expression
		Into  []string
		Using []Argument
	}
	Call struct {
		Text
		Args []string // expressions
	}
	// Branch is a condition and what it guards.
	Branch struct {
		Condition string
		Body      []Node
	}
	// Argument is an argument of EXECUTE IMMEDIATE.
	Argument struct{ Name, Value string }
)

func (*Simple) isNode()  {}
func (*Declare) isNode() {}
func (*Set) isNode()     {}
func (*Block) isNode()   {}
func (*If) isNode()      {}
func (*Loop) isNode()    {}
func (*For) isNode()     {}
func (*Jump) isNode()    {}
func (*Raise) isNode()   {}
func (*Execute) isNode() {}
func (*Call) isNode()    {}
