package torture

import (
	"context"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/stress/faults"
)

// A Warehouse makes the databases that trials have their tables in.
type Warehouse interface {
	// Kind is endpoint.BigQuery or endpoint.Postgres.
	Kind() string
	// Concurrency is how many trials run at a time.
	Concurrency() int
	// Open makes a database. number tells it from the others.
	Open(ctx context.Context, number int) (Database, error)
	// Close ends what holds the databases, once all are closed.
	Close() error
}

// A Database holds the tables of one trial at a time.
type Database interface {
	// Empty leaves all tables without rows. Nothing uses the database.
	Empty(ctx context.Context, w Way) error
	// Tables is a way to the database without faults.
	Tables() query.Warehouse
	// Hold waits until the warehouse takes requests, and keeps faults from killing it until
	// release is called.
	Hold() (release func())
	// Connect puts proxies between the stages and the database. The settings lead stages
	// to them.
	Connect(ctx context.Context, w Way) (settings map[string]string, err error)
	// Err is the first error of Way.Rewrite, a *faults.RewriteError.
	Err() error
	// Disconnect ends the proxies.
	Disconnect()
	// Idle waits until nothing runs that a stage has begun: some of it may go on when the
	// process that asked for it is killed.
	Idle(ctx context.Context) error
	// ChangeLive has readers call other functions than those that are deployed. It returns
	// what puts those back.
	ChangeLive(ctx context.Context, change func(sql string) (string, error)) (restore func(), err error)
	Close() error
}

// Way is what happens between the stages and the tables.
type Way struct {
	In   *faults.Injector
	HTTP *http.Client
	Skew func() time.Duration // errors of the clock of ingest; nil is none

	// What a control breaks; each may be nil.
	Rewrite   func(sql string) (string, error) // of a pass
	Forgetful bool                             // where a fault meets a pass, its progress is kept and the rest is lost

	// Statement is called with the statements of passes, the first of which is number 1;
	// may be nil.
	Statement func(number int, sql string)
}
