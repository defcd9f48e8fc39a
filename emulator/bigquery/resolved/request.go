// Package resolved is the tree of an analyzed GoogleSQL statement: every name is
// resolved to a column, table or function, and every expression has its type.
//
// Package analyzer makes the tree and package translate reads it. It is a small
// copy of the resolved AST of Google's analyzer, with what the emulator knows of
// it, so that only package analyzer links that.
package resolved

import (
	"regexp"
	"slices"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Request is a statement to analyze and all that its meaning depends on.
type Request struct {
	SQL        string
	Positional bool
	Parameters []Variable // query parameters
	Variables  []Variable // variables of the script
	Functions  []*Function
	Names      Names
	Zone       string // the time zone of what says none, "" for UTC
	// Definition says that the statement defines a view or a routine that exists. Its meaning is wanted, and not
	// the paths and texts that it writes.
	Definition bool
}

// Names finds what a statement names, by the paths that it writes.
type Names interface {
	Table(path []string) (*Source, error)
	// Routine finds a routine of a kind.
	Routine(kind RoutineKind, path []string) (*Routine, error)
	// In are the names of a view or a routine, written in another project.
	In(project string) Names
}

// Analysis is an analyzed statement with the tables and routines that it names.
type Analysis struct {
	Statement Statement
	Names     []Named
	// Replaced are the sources to take for those in the statement, which was analyzed
	// for tables with the same columns; nil for a statement that has its own.
	Replaced map[*Source]*Source
}

// Named is a table or a routine by the path that the statement writes: one of Source
// and Routine is nil.
type Named struct {
	Path    []string
	Source  *Source
	Routine *Routine
}

// Analyzer analyzes statements. It is safe for concurrent use.
type Analyzer interface {
	Analyze(req *Request) (*Analysis, error)
}

// Variable is a named value of a type.
type Variable struct {
	Name string
	Type *types.Type
}

// Function is a function that a script has created: an expression of its
// arguments, or code.
type Function struct {
	Name      string
	Arguments []Variable
	Result    *types.Type
	Body      string
	// JavaScript says that the body is code in JavaScript; Libraries are the addresses of code
	// that runs before it, and Library that code.
	JavaScript bool
	Libraries  []string
	Library    string
	// Aggregate says that the code is that of an aggregate function; Constant are its arguments
	// that are the same for all rows.
	Aggregate bool
	Constant  []bool
	// Expanded says that the body takes the place of each call before it is analyzed: the
	// function is an aggregate one, or an argument is of ANY TYPE. That argument has no type,
	// nor has the result unless the function says so.
	Expanded bool
}

// Source is a table, view or other relation that a statement may name.
type Source struct {
	Name        string // as in messages: project:dataset.table, or the name of a temporary table
	Fingerprint string // changes with anything that the translation depends on
	Columns     []types.Field
	Visible     int    // columns from here on are pseudo columns
	From        string // what to read from in DuckDB; "" for a view
	View        string // query of a view
	Project     string // of the names in View
	Type        string // of a permanent table, as the REST API names it
	Writable    bool
	Temporary   bool
	// Partition is the column by which the table is partitioned, "" for none.
	Partition string
	// Ingestion is the unit of partitions by ingestion time, e.g. DAY; "" for none.
	Ingestion string
	// Former says that the columns are those of a former time: only FOR SYSTEM_TIME AS OF reads it.
	Former bool
	// Filter says that queries must filter by Partition.
	Filter bool
	// Target is the engine's own table.
	Target any
	// Computed are columns that are expressions over From, by name.
	Computed map[string]string
	// Restricted are the rows and the values that may be read, nil for all.
	Restricted *Restriction
}

// Restriction is a query for all columns of a source in their order, some masked, and for some rows.
type Restriction struct {
	Query string
	Names Names // where the source has no restriction
	Rows  bool  // some rows are left out; otherwise only columns are masked
}

// RoutineKind is a kind of routine, as the REST API names it.
type RoutineKind string

// The kinds of routines.
const (
	ScalarFunction    RoutineKind = "SCALAR_FUNCTION"
	AggregateFunction RoutineKind = "AGGREGATE_FUNCTION"
	TableFunction     RoutineKind = "TABLE_VALUED_FUNCTION"
	Procedure         RoutineKind = "PROCEDURE"
)

// Routine is a function or a procedure of a dataset.
type Routine struct {
	Kind        RoutineKind
	Name        string // as in messages: project:dataset.routine
	Fingerprint string // changes with anything that the translation depends on
	Project     string // of the names in its body
	Arguments   []Variable
	// Create is the statement that creates it. The analysis of it is that of the body.
	Create  string
	Columns []types.Field // of the rows of a table function
	Result  *types.Type   // of the values of a scalar function
	// Library is the code in JavaScript that runs before that of the body; Unread is why it
	// couldn't be read.
	Library string
	Unread  error
	// Template is the function whose body takes the place of each call; nil for another.
	Template *Function
	// Target is the engine's own routine.
	Target any
}

// Column is the DuckDB expression of the i-th column over From, which has an alias
// or "". A REPEATED column has no NULL in BigQuery; a row older than it has in
// DuckDB.
func (s *Source) Column(i int, alias string) string {
	c := s.Columns[i]
	if expr := s.Computed[c.Name]; expr != "" {
		return expr
	}
	name := types.Quote(c.Name)
	if alias != "" {
		name = alias + "." + name
	}
	if c.Type.Kind == types.Array {
		return "coalesce(" + name + ", [])"
	}
	return name
}

// generated is how the translation names columns.
var generated = regexp.MustCompile(`(?i)^(c|[vf]_\d+c)\d+$`)

// NamesLikeGenerated reports whether a column could be mistaken for one that the
// translation names, where both are in scope.
func (s *Source) NamesLikeGenerated() bool {
	return slices.ContainsFunc(s.Columns, func(c types.Field) bool { return generated.MatchString(c.Name) })
}
