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
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/warehouse"
)

func init() { function.Register("ingest", ConfigFrom, New) }

// New returns the handler that appends to BigQuery.
func New(_ context.Context, c Config) (*Ingest, error) {
	appender := warehouse.NewAppender(c.Cloud.Project, func(ctx context.Context) (*managedwriter.Client, error) {
		return c.Cloud.NewBigQueryWrite(ctx)
	})
	appender.Added = func(table string, columns []string) {
		logging.Default().Info("columns that are filled from fields of the records", slog.String("table", table), slog.Any("columns", columns))
	}
	return NewWith(c, appender), nil
}

// NewWith returns the handler that appends to any storage.
func NewWith(c Config, appender Appender) *Ingest {
	return &Ingest{appender: appender, rowMaker: newRowMaker(c), room: newRoom(), pushes: function.NewWork(), now: time.Now}
}
