package endpoint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/config"
)

// A database of Cloud SQL is named by its instance, beside its user.
func TestWarehouseOfAnInstance(t *testing.T) {
	settings := map[string]string{
		"WAREHOUSE": "postgres", "CLOUD_SQL_INSTANCE": "p:us-central1:tallystream", "DATABASE_URL": "user=u dbname=d",
	}
	env := config.From(config.FromMap(settings))
	want := Warehouse{Kind: Postgres, DatabaseURL: "user=u dbname=d", Instance: "p:us-central1:tallystream"}
	if diff := cmp.Diff(want, WarehouseFrom(env)); diff != "" || env.Err() != nil {
		t.Errorf("%v, (-want +got):\n%s", env.Err(), diff)
	}

	delete(settings, "WAREHOUSE")
	settings["GOOGLE_CLOUD_PROJECT"] = "p"
	env = config.From(config.FromMap(settings))
	WarehouseFrom(env)
	err := env.Err()
	if err == nil || !strings.Contains(err.Error(), "CLOUD_SQL_INSTANCE") || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("BigQuery beside a database: %v, want an error that names both settings", err)
	}
}
