package cli

import (
	"fmt"
	"io"

	"github.com/tallystream/tallystream/local/operate/deadletter"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
)

// messages is where Pub/Sub is, for a command that needs a warehouse too. It doesn't say
// where BigQuery is: query.Open asks that.
func messages(env *config.Env, tables endpoint.Warehouse) endpoint.Cloud {
	cloud := tables.Cloud
	if tables.Kind == endpoint.Postgres {
		cloud = endpoint.CloudFrom(env)
	}
	cloud.BigQuery, cloud.BigQueryStorage = "", ""
	return cloud
}

// CheckWarehouse returns an error unless the value of --warehouse is a kind of warehouse.
func CheckWarehouse(kind string) error {
	if kind == endpoint.BigQuery || kind == endpoint.Postgres {
		return nil
	}
	return fmt.Errorf("--warehouse is %q: want %s or %s", kind, endpoint.BigQuery, endpoint.Postgres)
}

// appender appends to the raw tables of a warehouse.
type appender interface {
	deadletter.Appender
	io.Closer
}

func newAppender(w endpoint.Warehouse) (appender, error) {
	if w.Kind == endpoint.Postgres {
		pool, err := w.NewPostgres("deadletter")
		if err != nil {
			return nil, err
		}
		return postgres.NewAppender(pool), nil
	}
	return w.Cloud.NewAppender(), nil
}
