package endpoint

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/postgres"
)

// Kinds of warehouses (WAREHOUSE).
const (
	BigQuery = "bigquery"
	Postgres = "postgres"
)

// A Warehouse says where the tables are: in BigQuery, which a Cloud names, or in a
// database of PostgreSQL.
type Warehouse struct {
	Kind  string // WAREHOUSE: BigQuery or Postgres; empty is BigQuery
	Cloud Cloud  // of BigQuery

	// DatabaseURL is a URL or a list of key=value, as libpq takes them (DATABASE_URL).
	// It may hold a password: it is never shown.
	DatabaseURL string
	// Instance is the Cloud SQL instance of the database, PROJECT:REGION:INSTANCE
	// (CLOUD_SQL_INSTANCE); empty where DatabaseURL says where the server is.
	Instance string
}

// WarehouseFrom reads a Warehouse from the environment. A setting of the other kind is a
// problem: nobody should believe that it works.
func WarehouseFrom(env *config.Env) Warehouse {
	w := Warehouse{Kind: env.String("WAREHOUSE", BigQuery)}
	switch w.Kind {
	case BigQuery:
		w.Cloud = CloudFrom(env)
		for _, name := range []string{"DATABASE_URL", "CLOUD_SQL_INSTANCE"} {
			if env.Raw(name) != "" {
				env.Fail(name, "is set, and WAREHOUSE is %s: set WAREHOUSE=%s to use it, or leave it out", BigQuery, Postgres)
			}
		}
	case Postgres:
		w.DatabaseURL = string(env.Secret("DATABASE_URL", 1, "set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE"))
		w.Instance = env.Raw("CLOUD_SQL_INSTANCE")
		for _, name := range []string{"BIGQUERY_EMULATOR_HOST", "BIGQUERY_STORAGE_EMULATOR_HOST", "BIGQUERY_LOCATION", "DATASET_PREFIX"} {
			if env.Raw(name) != "" {
				env.Fail(name, "is set, and WAREHOUSE is %s: leave it out", Postgres)
			}
		}
	default:
		env.Fail("WAREHOUSE", "is %q: set it to %s or %s", w.Kind, BigQuery, Postgres)
	}
	return w
}

// NewPostgres returns a pool of connections to the database, or to the instance of Cloud SQL.
// It opens none yet. name is shown as application_name.
func (w Warehouse) NewPostgres(name string, options ...postgres.Option) (*pgxpool.Pool, error) {
	return postgres.Connect(w.DatabaseURL, name, append(options, postgres.CloudSQL(w.Instance))...)
}
