package engine

import (
	"context"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// API is what the wire (REST and Storage Write) needs of the engine. The
// engine's methods are safe for concurrent use and hold no lock over a query.
type API interface {
	Datasets
	Tables
	Routines
	RowPolicies
	Queries
	Appends
	Files
}

// TableRef names a table, or a partition of one (t$20261103) where rows are read,
// written or deleted. Project and dataset are never empty.
type TableRef = catalog.Ref

// Datasets keeps the REST resources of datasets, write-through.
type Datasets interface {
	CreateDataset(ctx context.Context, d *bqv2.Dataset) (*bqv2.Dataset, error)
	Dataset(ctx context.Context, project, dataset string) (*bqv2.Dataset, error)
	ListDatasets(ctx context.Context, project string) ([]*bqv2.Dataset, error)
	// UpdateDataset replaces the resource by what change makes of a copy of it.
	UpdateDataset(ctx context.Context, project, dataset string, change func(*bqv2.Dataset) error) (*bqv2.Dataset, error)
	DeleteDataset(ctx context.Context, project, dataset string, contents bool) error
}

// Tables keeps the REST resources of tables and views, write-through. The
// resources carry schema, partitioning, clustering, labels, etag, times and
// row counts as BigQuery returns them.
type Tables interface {
	CreateTable(ctx context.Context, t *bqv2.Table) (*bqv2.Table, error)
	Table(ctx context.Context, ref TableRef) (*bqv2.Table, error)
	ListTables(ctx context.Context, project, dataset string) ([]*bqv2.Table, error)
	UpdateTable(ctx context.Context, ref TableRef, change func(*bqv2.Table) error) (*bqv2.Table, error)
	DeleteTable(ctx context.Context, ref TableRef) error
	// ReadTable returns the rows [start, start+limit) of a table; limit < 0 is all.
	ReadTable(ctx context.Context, ref TableRef, start, limit int64) (*Rows, error)
}

// Routines keeps the REST resources of routines, write-through. A TableRef names one.
type Routines interface {
	CreateRoutine(ctx context.Context, r *bqv2.Routine) (*bqv2.Routine, error)
	Routine(ctx context.Context, ref TableRef) (*bqv2.Routine, error)
	ListRoutines(ctx context.Context, project, dataset string) ([]*bqv2.Routine, error)
	UpdateRoutine(ctx context.Context, ref TableRef, change func(*bqv2.Routine) error) (*bqv2.Routine, error)
	DeleteRoutine(ctx context.Context, ref TableRef) error
}

// RowPolicies keeps the row access policies of tables, write-through.
type RowPolicies interface {
	// PutRowPolicy creates a policy; replace lets it take the place of one of its name.
	PutRowPolicy(ctx context.Context, p *bqv2.RowAccessPolicy, replace bool) (*bqv2.RowAccessPolicy, error)
	RowPolicies(ctx context.Context, table TableRef) ([]*bqv2.RowAccessPolicy, error)
	// DeleteRowPolicies deletes policies of a table, all or none of them.
	DeleteRowPolicies(ctx context.Context, table TableRef, names ...string) error
}

// Queries runs GoogleSQL.
type Queries interface {
	Query(ctx context.Context, q Query) (*Result, error)
	// ListJobs says who knows the jobs of a project, for INFORMATION_SCHEMA.JOBS.
	ListJobs(jobs func(project string) []*bqv2.Job)
	CopyTables(ctx context.Context, c Copy) (*bqv2.JobStatistics5, error)
	// PermitWrite is the error of the context's caller who may not add rows to a table, or
	// make it.
	PermitWrite(ctx context.Context, table TableRef) error
	// Permit is the error of the context's caller who lacks a permission on a table.
	Permit(ctx context.Context, permission string, table TableRef) error
}

// Query is one query job: a statement or a script.
type Query struct {
	SQL            string
	JobID          string // "" for none
	Project        string // project of unqualified names
	DefaultDataset string // dataset of unqualified names, "" for none
	DefaultProject string // project of DefaultDataset, "" for Project
	Location       string
	TimeZone       string // of what says none until SET @@time_zone, "" for UTC, or for that of the session
	Parameters     []*bqv2.QueryParameter
	ParameterMode  string // "", NAMED or POSITIONAL
	DryRun         bool
	NoCache        bool   // reads the tables, also where the result is known
	SessionID      string // "" for none; an unknown one is an error
	CreateSession  bool   // Result.SessionID names the new one

	// Destination receives the rows of a SELECT; nil for none.
	Destination       *TableRef
	WriteDisposition  string // WRITE_EMPTY (default), WRITE_TRUNCATE, WRITE_TRUNCATE_DATA, WRITE_APPEND
	CreateDisposition string // CREATE_IF_NEEDED (default), CREATE_NEVER
	SchemaUpdate      []string
	TimePartitioning  *bqv2.TimePartitioning
	RangePartitioning *bqv2.RangePartitioning
	Clustering        *bqv2.Clustering
}

// Result is what a query job leaves behind. A script's Result has one child for each
// statement, and the rows of the last that is a query, unless DML or DDL follows it.
type Result struct {
	StatementType string // SELECT, MERGE, CREATE_TABLE_AS_SELECT, SCRIPT, …
	Rows          *Rows  // nil unless the statement returns rows
	DML           *bqv2.DmlStatistics
	Target        *TableRef                // that DML changes
	Made          []*bqv2.TableFieldSchema // the columns of the table or view that DDL creates
	DDLOperation  string                   // CREATE, REPLACE, SKIP, DROP, ALTER
	DDLTarget     *TableRef
	DDLRoutine    *TableRef                      // that the statement creates or drops
	DDLRowPolicy  *bqv2.RowAccessPolicyReference // that the statement creates or drops
	DDLPolicies   int64                          // row access policies that it drops
	Referenced    []TableRef                     // tables
	Routines      []TableRef                     // that it calls
	// BytesProcessed estimates BigQuery's figure: for each table the logical
	// size of the columns read, after partition pruning.
	BytesProcessed int64
	Exported       *bqv2.ExportDataStatistics // of EXPORT DATA
	CacheHit       bool                       // the rows are those of an earlier query
	SessionID      string
	Children       []*Result
	SQL            string    // of a statement of a script, "" for another
	Line, Column   int       // where it begins in the script, from 1
	Began          time.Time // when a statement of a script did
}

// Rows are fully read, typed rows.
type Rows = types.Rows

// Appends adds rows to tables.
type Appends interface {
	// Append adds rows (values as in Rows, in the order of columns) in one
	// transaction, with a default or NULL for the columns not named. Any bad
	// row rejects all, with an *Error.
	Append(ctx context.Context, ref TableRef, columns []string, rows [][]any) error
	// Load is an Append by a job, which may modify 4,000 partitions.
	Load(ctx context.Context, ref TableRef, columns []string, rows [][]any) error
	// Replace is a Load that puts the rows in the place of those that are there.
	Replace(ctx context.Context, ref TableRef, columns []string, rows [][]any) error
}

// Files are what loads read.
type Files interface {
	Buckets() bucket.Storage
	// ReadParquet returns the rows of a Parquet file, of a schema or of its own.
	ReadParquet(ctx context.Context, file []byte, schema []*bqv2.TableFieldSchema, o parquet.Options) (*Rows, error)
}

// Error is an error as BigQuery words and classifies it.
type Error = bqerror.Error
