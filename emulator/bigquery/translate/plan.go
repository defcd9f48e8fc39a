package translate

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Request is a statement to translate and all that its meaning depends on.
type Request struct {
	SQL        string
	Positional bool
	Parameters []Variable // query parameters
	Variables  []Variable // variables of the script
	Functions  []*Function
	// Resolve finds a table by the path that the statement writes.
	Resolve func(path []string) (*Source, error)
	// In resolves the names of a view's query, written in another project.
	In func(project string) func(path []string) (*Source, error)

	unfolded bool // keep casts of literals
}

// Variable is a named value of a type.
type Variable struct {
	Name string
	Type *types.Type
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
	Writable    bool
	Temporary   bool
	// Partition is the column by which the table is partitioned, "" for none.
	Partition string
	// Ingestion is the unit of partitions by ingestion time, e.g. DAY; "" for none.
	Ingestion string
	// Filter says that queries must filter by Partition.
	Filter bool
	// Target is opaque to the translation.
	Target any
	// Computed are columns that are expressions over From, by name.
	Computed map[string]string
}

// column is the expression of a column over From, which has an alias or "". A
// REPEATED column has no NULL in BigQuery; a row older than it has in DuckDB.
func (s *Source) column(i int32, alias string) string {
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

// ours is how the translation names columns: see translator.number.
var ours = regexp.MustCompile(`(?i)^(c|[vf]_\d+c)\d+$`)

// namesLikeOurs reports whether a column could be mistaken for one of the
// translation's where both are in scope.
func (s *Source) namesLikeOurs() bool {
	return slices.ContainsFunc(s.Columns, func(c types.Field) bool { return ours.MatchString(c.Name) })
}

// Plan is a translated statement. It is immutable and may be kept while its
// Sources resolve to the same fingerprints.
type Plan struct {
	Kind    string        // BigQuery's statement type, e.g. SELECT or MERGE
	Columns []types.Field // of the rows; nil unless the statement returns rows
	Steps   []Step        // run in order, in one transaction if there are several
	Instead []Step        // run instead of those below a step Unless that returns a row
	Target  *Source       // of DML
	DDL     *DDL
	Control *Control
	// Function is what CREATE TEMP FUNCTION creates.
	Function *Function
	Uses     []Use  // every table by the path that named it
	Volatile bool   // its rows may differ without a change of the tables
	Reads    []Read // columns read, for the bytes that BigQuery would bill
}

// Use is a table that a plan depends on.
type Use struct {
	Project     string // of a view that named it, "" for the statement itself
	Path        []string
	Source      *Source
	Fingerprint string
}

// Read is a scan of some columns of a table.
type Read struct {
	Source  *Source
	Columns []string
}

// Role says what a step is for.
type Role int

// The roles of steps.
const (
	Query    Role = iota // returns the plan's rows
	Exec                 // prepares or cleans up
	Guard                // must return no row, else the row's text is the error
	Inserted             // counts as inserted rows
	Updated              // counts as updated rows
	Deleted              // counts as deleted rows
	Unless               // returns a row if the plan's Instead must run
	Merged               // returns INSERT, UPDATE or DELETE for each row
)

// Step is one statement of DuckDB.
type Step struct {
	Role       Role
	SQL        string
	Parameters []Parameter // $1, $2, …
}

// ParameterKind says where the value of a parameter comes from.
type ParameterKind int

// The kinds of parameters.
const (
	QueryParameter ParameterKind = iota // by name, or by position from 1
	ScriptVariable
	SystemVariable // by its name without @@
	Clock          // the time at which the statement began
)

// Parameter is a value that a step needs.
type Parameter struct {
	Kind     ParameterKind
	Name     string
	Position int
	Type     *types.Type
}

// systemName is the name of a system variable without @@.
type systemName string

func (n systemName) path() []string { return strings.Split(string(n), ".") }

// systemVariables are the system variables that can be read.
var systemVariables = map[systemName]types.Kind{
	"row_count":                   types.Int64,
	"script.job_id":               types.String,
	"script.bytes_processed":      types.Int64,
	"project_id":                  types.String,
	"dataset_id":                  types.String,
	"dataset_project_id":          types.String,
	"time_zone":                   types.String,
	"error.message":               types.String,
	"error.statement_text":        types.String,
	"error.formatted_stack_trace": types.String,
	"session_id":                  types.String,
	"current_job_id":              types.String,
	"last_job_id":                 types.String,
	"query_label":                 types.String,
	"transaction_id":              types.String,
}
