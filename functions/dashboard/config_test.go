package dashboard

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/errortest"
)

func TestConfigDefaults(t *testing.T) {
	got, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p"}))
	if err != nil {
		t.Fatal(err)
	}
	want := testConfig(t)
	want.Warehouse, want.Election = endpoint.Warehouse{Kind: endpoint.BigQuery, Cloud: endpoint.Cloud{Project: "p"}}, election.OpenBallot()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestConfig(t *testing.T) {
	got, err := ConfigFrom(config.FromMap(map[string]string{
		"GOOGLE_CLOUD_PROJECT": "p", "REFRESH": "100ms", "MAX_AGE": "2s", "QUERY_TIMEOUT": "5", "VOTES_TOPIC": "v", "VOTERS_TOPIC": "r",
		"ELECTION": sample.ElectionYAML,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Refresh != 100*time.Millisecond || got.MaxAge != 2*time.Second || got.QueryTimeout != 5*time.Second ||
		got.Topics != (snapshot.Topics{Votes: "v", Voters: "r"}) || got.Election.Name != "General Election 2026" {
		t.Errorf("config %+v isn't what was set", got)
	}
}

// PostgreSQL is looked at more often.
func TestConfigOfPostgres(t *testing.T) {
	got, err := ConfigFrom(config.FromMap(map[string]string{"WAREHOUSE": "postgres", "DATABASE_URL": "postgres://u:p@h/d"}))
	if err != nil {
		t.Fatal(err)
	}
	want := endpoint.Warehouse{Kind: endpoint.Postgres, DatabaseURL: "postgres://u:p@h/d"}
	if got.Warehouse != want || got.Refresh != 50*time.Millisecond || got.MaxAge != 10*time.Second {
		t.Errorf("config %+v", got)
	}
}

func TestConfigGreatestAgeFollowsRefresh(t *testing.T) {
	got, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "REFRESH": "1m"}))
	if err != nil {
		t.Fatal(err)
	}
	if got.MaxAge != 2*time.Minute {
		t.Errorf("MaxAge %v for a refresh of a minute, want two", got.MaxAge)
	}
}

func TestConfigNamesEveryProblem(t *testing.T) {
	_, err := ConfigFrom(config.FromMap(map[string]string{
		"REFRESH": "1ms", "MAX_AGE": "soon", "QUERY_TIMEOUT": "0", "VOTES_TOPIC": "x", "VOTERS_TOPIC": "x", "ELECTION": "id: ''", "LOG_LEVEL": "nonsense",
	}))
	errortest.Says(t, err, "GOOGLE_CLOUD_PROJECT", "REFRESH", "MAX_AGE", "QUERY_TIMEOUT", "VOTES_TOPIC", "ELECTION", "LOG_LEVEL")
	if _, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "REFRESH": "1m", "MAX_AGE": "5s"})); err == nil {
		t.Error("a greatest age below the refresh is accepted")
	}
}
