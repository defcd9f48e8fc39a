package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Plan is a translated statement. It is immutable and may be kept while its
// Sources resolve to the same fingerprints.
type Plan struct {
	Kind    string           // BigQuery's statement type, e.g. SELECT or MERGE
	Columns []types.Field    // of the rows; nil unless the statement returns rows
	Steps   []Step           // run in order, in one transaction if there are several
	Instead []Step           // run instead of those below a step Unless that returns a row
	Target  *resolved.Source // of DML
	DDL     *resolved.DDL
	Options []Option // of the DDL, that are expressions
	Control *Control
	// Procedure is what CALL calls.
	Procedure *resolved.Routine
	// Function is what CREATE TEMP FUNCTION creates.
	Function *resolved.Function
	Export   *Export
	Uses     []Use  // every table and routine by the path that named it
	Volatile bool   // its rows may differ without a change of the tables
	Reads    []Read // columns read, for the bytes that BigQuery would bill
	AsOf     []AsOf // the tables of FOR SYSTEM_TIME AS OF
}

// AsOf is a table of the past: the i-th of a plan is read under the name PastTable(i), and
// must be there when the plan runs.
type AsOf struct {
	Source *resolved.Source
	Kind   PastKind
	Times  []Step // each yields one: of AsOfTime the time, else the beginning and the end
}

// PastKind is what of a table's past is read.
type PastKind string

// The kinds of pasts.
const (
	AsOfTime   PastKind = "FOR SYSTEM_TIME AS OF"
	Appends    PastKind = "APPENDS"
	AllChanges PastKind = "CHANGES"
)

// PastTable names the i-th table of the past.
func PastTable(i int) string { return fmt.Sprintf("temp._past_%d", i) }

// Use is a table or a routine that a plan depends on: one of Source and Routine is nil.
type Use struct {
	Project     string // of a view or a routine that named it, "" for the statement itself
	By          any    // Target of that view or routine, nil for the statement itself
	Path        []string
	Source      *resolved.Source
	Routine     *resolved.Routine
	Fingerprint string
}

// Read is a scan of some columns of a table.
type Read struct {
	Source  *resolved.Source
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

// Option is an option of DDL whose value is computed when the statement runs.
type Option struct {
	Alter int // the action of ALTER that sets it, -1 for the statement itself
	Name  string
	Value Step
	Type  *types.Type
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

// Control is a statement that the engine itself carries out.
type Control struct {
	Action ControlAction
	// Message is the description of an ASSERT.
	Message string
}

// ControlAction says what a Control does.
type ControlAction int

// The actions of control statements. Assert has a Query step that yields the
// condition.
const (
	Begin ControlAction = iota + 1
	Commit
	Rollback
	Assert
)
