package settings

import (
	"slices"
	"testing"

	"github.com/tallystream/tallystream/shared/config"
)

// nothing listens on this machine.
func nothing(string) bool { return false }

func TestDefaultsStandBehindTheEnvironment(t *testing.T) {
	getenv := WithDefaults(config.FromMap(map[string]string{"KAFKA_BROKERS": "far:9092"}), nothing)
	for name, want := range map[string]string{
		"KAFKA_BROKERS": "far:9092", "BIGQUERY_EMULATOR_HOST": "127.0.0.1:9050",
		"BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:9060", "GOOGLE_CLOUD_PROJECT": "tallystream-local",
	} {
		if got := getenv(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// The addresses of an emulator of BigQuery aren't those of a system on PostgreSQL.
func TestNoBigQueryBesidePostgreSQL(t *testing.T) {
	getenv := WithDefaults(config.FromMap(map[string]string{"WAREHOUSE": "postgres"}), nothing)
	for _, name := range []string{"BIGQUERY_EMULATOR_HOST", "BIGQUERY_STORAGE_EMULATOR_HOST"} {
		if got := getenv(name); got != "" {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// A command works on the tables of the system that runs, unless the environment names others.
func TestWarehouseThatListens(t *testing.T) {
	fixed := FixedAddresses()
	for name, tt := range map[string]struct {
		env     map[string]string
		listens []string
		want    string // WAREHOUSE
	}{
		"PostgreSQL alone":        {nil, []string{fixed.Postgres}, "postgres"},
		"BigQuery's emulator":     {nil, []string{fixed.BigQuery}, ""},
		"both":                    {nil, []string{fixed.BigQuery, fixed.Postgres}, ""},
		"neither":                 {nil, nil, ""},
		"BigQuery by name":        {map[string]string{"WAREHOUSE": "bigquery"}, []string{fixed.Postgres}, "bigquery"},
		"an emulator elsewhere":   {map[string]string{"BIGQUERY_EMULATOR_HOST": "far:9050"}, []string{fixed.Postgres}, ""},
		"a database without kind": {map[string]string{"DATABASE_URL": "postgres://far/x"}, []string{fixed.Postgres}, ""},
	} {
		getenv := WithDefaults(config.FromMap(tt.env), func(address string) bool { return slices.Contains(tt.listens, address) })
		url := "postgres://tallystream@" + fixed.Postgres + "/tallystream"
		if tt.want != "postgres" {
			url = tt.env["DATABASE_URL"]
		}
		if kind, at := getenv("WAREHOUSE"), getenv("DATABASE_URL"); kind != tt.want || at != url {
			t.Errorf("%s: WAREHOUSE is %q and DATABASE_URL %q, want %q and %q", name, kind, at, tt.want, url)
		}
		if emulator := getenv("BIGQUERY_EMULATOR_HOST"); (emulator == "") != (tt.want == "postgres") {
			t.Errorf("%s: BIGQUERY_EMULATOR_HOST is %q", name, emulator)
		}
	}
}
