package settings

import (
	"testing"

	"github.com/tallystream/tallystream/shared/config"
)

func TestDefaultsStandBehindTheEnvironment(t *testing.T) {
	getenv := WithDefaults(config.FromMap(map[string]string{"KAFKA_BROKERS": "far:9092"}))
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
	getenv := WithDefaults(config.FromMap(map[string]string{"WAREHOUSE": "postgres"}))
	for _, name := range []string{"BIGQUERY_EMULATOR_HOST", "BIGQUERY_STORAGE_EMULATOR_HOST"} {
		if got := getenv(name); got != "" {
			t.Errorf("%s is %q", name, got)
		}
	}
}
