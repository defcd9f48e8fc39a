// Package function says what a SQL function is to the emulator: what the analyzer
// has to be told of it, how a call is translated to DuckDB's SQL, and what DuckDB
// has to be given to run it.
//
// The functions themselves are in the packages of folder functions.
package function

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Group holds functions that belong together, those of one file. Names of GoogleSQL
// functions are in lower case; operators begin with a dollar sign, as the analyzer
// names them.
type Group struct {
	Scalars    map[string]Scalar
	Aggregates map[string]Aggregate // also as analytic functions
	Windows    map[string]Aggregate // only with an OVER clause
	// Exact are the scalar functions whose translation has the exact type already,
	// so that it isn't cast.
	Exact []string
	// Signatures are those of functions that the analyzer lacks.
	Signatures map[string]Signature
	// Natives, Kernels and Macros are what the translations call; their names begin with bq_.
	Natives []Native
	Kernels []Kernel
	Macros  []string // as they follow CREATE MACRO
}

// Scalar translates calls of one scalar function.
type Scalar func(c *Call) string

// Aggregate translates calls of one aggregate or window function.
type Aggregate func(a *AggregateCall) string

// Signature declares a function to the analyzer. An argument or a result is the
// name of a type, an ARRAY<> of one, or ANY1 or ANY2 for a type that the call decides.
type Signature struct {
	Aggregate bool
	Result    string
	Args      []string
	Optional  int // how many of the last arguments may be left out
}

// TermWeights is the result of TF_IDF in a Signature.
const TermWeights = "ARRAY<STRUCT<term STRING, tf_idf FLOAT64>>"

// Statement is what a translation may ask of the statement around a call.
type Statement interface {
	// Fresh is a name that nothing else in the statement has.
	Fresh(kind string) string
	// Now is an expression of the time at which the statement began.
	Now() string
	// User is an expression of the email address of who runs the statement.
	User() string
	// Zone is an expression of the time zone that holds where none is given: UTC, or what SET
	// @@time_zone says.
	Zone() string
	// Volatile notes that a result isn't that of the arguments alone.
	Volatile()
}

// Call is a call of a function with translated arguments.
type Call struct {
	Statement
	Name  string
	Nodes []resolved.Expr
	Args  []string      // expressions of DuckDB
	Types []*types.Type // of the arguments; nil for a lambda
	Type  *types.Type   // of the result
}

// AggregateCall is a call of an aggregate function with its modifiers.
type AggregateCall struct {
	*Call
	Distinct     bool
	IgnoreNulls  bool
	RespectNulls bool
	Where        string // condition of rows to take, "" for all
	Order        string // " ORDER BY …", or ""
	Limit        string // "" for none
	Over         string // " OVER (…)" of an analytic call, or ""
}

// UTC is the Zone of statements that haven't set one.
const UTC = "'UTC'"

// SQL translates by a template: $1, $2, … are the arguments, $* is all of them.
func SQL(template string) Scalar {
	return func(c *Call) string { return c.Fill(template) }
}

// ByCount chooses a template by the number of arguments.
func ByCount(templates map[int]string) Scalar {
	return func(c *Call) string {
		template, ok := templates[len(c.Args)]
		if !ok {
			bqerror.Refuse("%s with %d arguments", strings.ToUpper(c.Name), len(c.Args))
		}
		return c.Fill(template)
	}
}

// ByKind chooses a template for STRING or for BYTES by the first argument.
func ByKind(text, bytes string) Scalar {
	return func(c *Call) string {
		if c.Types[0].Kind == types.Bytes {
			return c.Fill(bytes)
		}
		return c.Fill(text)
	}
}

// Volatile is an expression that may have another value each time.
func Volatile(sql string) Scalar {
	return func(c *Call) string {
		c.Statement.Volatile()
		return sql
	}
}

// Fill puts the arguments into a template.
func (c *Call) Fill(template string) string {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '$' || i+1 == len(template) {
			b.WriteByte(template[i])
			continue
		}
		i++
		switch {
		case template[i] == '*':
			b.WriteString(strings.Join(c.Args, ", "))
		case template[i] >= '1' && template[i] <= '9':
			b.WriteString(c.Args[template[i]-'1'])
		default:
			b.WriteByte('$')
			i--
		}
	}
	return b.String()
}

// Arg is the i-th argument, or a default for one that wasn't given.
func (c *Call) Arg(i int, otherwise string) string {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return otherwise
}

// LiteralInt is the value of an argument that must be a literal.
func (c *Call) LiteralInt(i int) int64 {
	if l, ok := c.Nodes[i].(*resolved.Literal); ok {
		if n, ok := l.Value.(int64); ok {
			return n
		}
	}
	bqerror.Refuse("%s with an argument %d that isn't a literal", strings.ToUpper(c.Name), i+1)
	return 0
}

// LiteralString is the value of an argument if it is a literal string.
func (c *Call) LiteralString(i int) (string, bool) {
	if l, ok := c.Nodes[i].(*resolved.Literal); ok && l.Type().Kind == types.String {
		s, ok := l.Value.(string)
		return s, ok
	}
	return "", false
}

// Display is the function's name as messages show it.
func (c *Call) Display() string { return Display(c.Name) }

// Display is a function's name as messages show it.
func Display(name string) string { return strings.ToUpper(strings.TrimPrefix(name, "$")) }

// Joined puts an operator between all arguments.
func Joined(operator string) Scalar {
	return func(c *Call) string { return "(" + strings.Join(c.Args, operator) + ")" }
}
