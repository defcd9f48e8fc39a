package e2etest

import (
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/e2e/damage"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// A Warehouse makes the tables of lines.
type Warehouse interface {
	// Open makes all tables, without rows. They end with the test. No other test has the
	// same project.
	Open(t *testing.T, project string) Tables
}

// Tables are those of one line.
type Tables interface {
	// Client runs statements, which both warehouses understand but for those of the Dialect.
	Client() query.Warehouse
	Dialect() Dialect
	// Settings lead the stages to the tables.
	Settings() map[string]string
	// FlowControl puts one between the stages and the tables. It ends with the test.
	FlowControl(t *testing.T) FlowControl

	// Store, Aggregation and Appender are what the dashboard, the aggregation and ingest use.
	// They end with the test. inPass may be nil: it is called while the first pass is under way.
	Store(t *testing.T, election string) snapshot.Store
	Aggregation(t *testing.T, e *election.Election, inPass func()) aggregate.Warehouse
	Appender(t *testing.T) ingest.Appender

	// AddColumns adds a column of texts to every table, and has the views show it.
	AddColumns(t *testing.T, name func(warehouse.Table) string)
	// WithoutColumn takes a column from a table (dataset.table). restore brings it back,
	// without values.
	WithoutColumn(t *testing.T, table, column string) (restore func())
}

// A Dialect is what the warehouses write in different ways.
type Dialect struct {
	Changed damage.Changed
	// Later is a time so many seconds later.
	Later func(time, seconds string) string
	// Keys says that no two rows of core or analytics may have the same key. The warehouse
	// refuses to double them.
	Keys bool
}

// A Flow is how a FlowControl lets something through.
type Flow int32

// Flows.
const (
	Open Flow = iota
	Slow
	Shut // an error at once
)

// A FlowControl holds up what the stages and the tables say to each other. It is open at first.
type FlowControl struct {
	Settings map[string]string // lead the stages to it
	Rows     func(Flow)        // what ingest appends
	Queries  func(Flow)        // what aggregate and dashboard ask; not Slow
}
