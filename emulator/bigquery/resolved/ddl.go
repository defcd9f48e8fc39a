package resolved

import "github.com/tallystream/tallystream/emulator/bigquery/types"

// DDL is a statement that changes the catalog. Names are paths as it writes them.
type DDL struct {
	Kind          string // BigQuery's statement type, e.g. CREATE_TABLE
	Action        DDLAction
	Path          []string
	Temporary     bool
	Replace       bool
	IfNotExists   bool
	IfExists      bool
	Cascade       bool
	Columns       []types.Field  // with descriptions in ColumnOptions
	Options       map[string]any // string, int64, float64, bool, []any, map[string]string for labels, nil for NULL; or an Expr
	ColumnOptions map[string]map[string]any
	Collation     string // of DEFAULT COLLATE, "" for none
	Partition     *Partition
	Cluster       []string
	View          string   // query of a view
	Query         *Query   // of a view or of CREATE TABLE … AS, nil for none
	Names         []string // of the columns of a view, where the statement gives them
	Materialized  bool
	Like          *Source  // of CREATE TABLE … LIKE, COPY or CLONE
	Copy          bool     // rows too
	AsOf          Expr     // the time at which they are copied, nil for now
	Clone         bool     // CLONE, not COPY
	Snapshot      bool     // of CREATE or DROP SNAPSHOT TABLE
	PrimaryKey    []string // columns, nil for none
	Alter         []Alter
	Routine       *RoutineDefinition // that the statement creates or drops
	RowPolicy     *RowPolicy         // that the statement creates or drops
	Index         *Index             // that the statement creates or drops
	Grant         *Grant             // of GRANT and REVOKE
	External      *External          // of CREATE or DROP EXTERNAL TABLE, and LOAD DATA
}

// Grant is what GRANT or REVOKE says of a dataset.
type Grant struct {
	Revoke          bool
	Roles, Grantees []string
}

// External is what a statement says of files.
type External struct {
	Options     map[string]any // of LOAD DATA those of FROM FILES, of CREATE EXTERNAL TABLE also those of the table
	Partitioned bool           // WITH PARTITION COLUMNS
	Keys        []types.Field  // that it lists, nil for those that are found
}

// Index is what a statement says of a search index or a vector index. Its options are the DDL's.
type Index struct {
	Name    string
	Vector  bool
	All     bool // ALL COLUMNS
	Columns []string
	Storing []string // columns that a vector index keeps too
}

// RowPolicy is what a statement says of a row access policy; without a name it is all of
// the table's.
type RowPolicy struct {
	Name     string
	Grantees []string
	Filter   string // the condition of the rows that they see
}

// RoutineDefinition is what a statement says of a function or a procedure.
type RoutineDefinition struct {
	Kind      RoutineKind
	Arguments []Variable
	Modes     []string // of the arguments of a procedure: IN, OUT, INOUT, or "" for IN
	Body      string
	Returns   []types.Field // of RETURNS TABLE, nil for none
	Result    *types.Type   // of RETURNS, nil for none
	Expr      Expr          // body of a scalar function in SQL; that of a table function is the DDL's Query
	// JavaScript says that the body is code in JavaScript; Determinism is what the statement
	// promises of it, as the REST API names it, "" for nothing.
	JavaScript  bool
	Determinism string
	Libraries   []string // the addresses of code in JavaScript that runs before the body
}

// DDLAction says what a DDL does.
type DDLAction int

// The actions of DDL.
const (
	CreateTable DDLAction = iota + 1
	CreateView
	CreateSchema
	DropTable
	DropView
	DropSchema
	AlterTable
	AlterView
	AlterSchema
	CreateRoutine
	DropRoutine
	CreateRowPolicy
	DropRowPolicy
	LoadData
	CreateIndex
	DropIndex
	GrantRoles
	CreateDataPolicy
	AlterDataPolicy
	DropDataPolicy
)

// Partition is a PARTITION BY clause.
type Partition struct {
	Type             string // DAY, HOUR, MONTH, YEAR or RANGE
	Column           string // "" for ingestion time
	Start, End, Step int64  // of RANGE
}

// Alter is one action of an ALTER statement.
type Alter struct {
	Action  AlterAction
	Column  types.Field
	Name    string // of a column, or the table's new one
	NewName string
	Names   []string // of the columns of a key
	Options map[string]any
	If      bool // IF EXISTS or IF NOT EXISTS
}

// AlterAction says what an Alter does.
type AlterAction int

// The actions of ALTER.
const (
	AddColumn AlterAction = iota + 1
	DropColumn
	RenameColumn
	RenameTable
	SetOptions
	SetColumnOptions
	DropNotNull
	SetDefault
	DropDefault
	SetType
	AddPrimaryKey
	DropPrimaryKey
	SetCollation // SET DEFAULT COLLATE; Name is the collation
)
