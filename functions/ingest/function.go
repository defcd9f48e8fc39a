// Package ingest is the function behind the push subscription: it turns each
// batch of Kafka records into rows of raw.votes, raw.voters and raw.rejects.
//
// Every record becomes exactly one row per delivery. Whether a vote counts is
// for the aggregation to say: ingest looks at one record at a time, keeps no
// state, and may be given a record any number of times.
package ingest

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/postgres"
)

func init() { function.Register("ingest", ConfigFrom, New) }

// New returns the handler that appends to the warehouse. It opens no connection yet.
func New(_ context.Context, c Config) (*Ingest, error) {
	if c.Warehouse.Kind == endpoint.Postgres {
		return newPostgres(c)
	}
	cloud := c.Warehouse.Cloud
	appender := cloud.NewAppender()
	appender.Added = logAdded
	return NewWith(c, appender), nil
}

// newPostgres returns the handler that appends to PostgreSQL. It appends from as many
// connections as it has processors, and from two at least, of which one waits for the disk:
// more would take processors of the server from the passes, which readers wait for.
func newPostgres(c Config) (*Ingest, error) {
	pool, err := c.Warehouse.NewPostgres("ingest", postgres.Connections(max(2, runtime.GOMAXPROCS(0))))
	if err != nil {
		return nil, err
	}
	appender := postgres.NewAppender(pool)
	appender.Added = logAdded
	return NewWith(c, appender), nil
}

// logAdded tells which columns are filled beyond those that the program knows.
func logAdded(table string, columns []string) {
	logging.Default().Info("columns that are filled from fields of the records", slog.String("table", table), slog.Any("columns", columns))
}

// NewWith returns the handler that appends to any storage.
func NewWith(c Config, appender Appender) *Ingest {
	return &Ingest{appender: appender, rowMaker: newRowMaker(c), room: newRoom(appender), pushes: function.NewWork(), now: time.Now}
}
