package postgres_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/operate/deadletter"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Every stage, and what operators do, works for a user who has nothing but the role for it.
func TestStagesRunUnderTheirRoles(t *testing.T) {
	c := newChain(t)
	owner := c.Env["DATABASE_URL"]
	// with has stages begin under the role of one.
	with := func(stage string) {
		c.Env["DATABASE_URL"] = as(t, owner, stage)
		c.Start()
	}
	with("ingest")
	ingest := c.Ingest
	with("dashboard")
	shows := c.Dashboard
	with("aggregate")
	c.Ingest = ingest
	c.count()
	c.call(c.Aggregate, `{"rebuild":"all","seconds":60}`)
	c.call(c.Aggregate, `{"rebuild":{"from":"2026-11-03T10:00:00Z","to":"2026-11-03T12:00:00Z"},"seconds":60}`)

	aggregation := aggregate.NewPostgres(postgrestest.Pool(t, c.Env["DATABASE_URL"]), election.OpenBallot())
	must(t, aggregation.StepShown(t.Context(), aggregate.Pass{Started: time.Now()}))

	if got := resultsOf(t, shows); len(got.Candidates) == 0 {
		t.Errorf("the dashboard shows no candidates: %+v", got)
	}

	c.Env["DATABASE_URL"] = as(t, owner, "operate")
	c.Tables = &tables{c.Env["DATABASE_URL"], postgrestest.Pool(t, c.Env["DATABASE_URL"])}
	c.clean()
	leaveOut(t, c.Env["DATABASE_URL"])
	c.says(cli.ExitOK, "Certified by Ann", "certify", "--by", "Ann", "--incomplete", "--note", "a test")
}

// leaveOut stores a reject, as the command deadletter does, on a day that has no partition.
func leaveOut(t *testing.T, url string) {
	t.Helper()
	tables, err := query.Open(t.Context(), endpoint.Warehouse{Kind: endpoint.Postgres, DatabaseURL: url}, "test")
	must(t, err)
	defer tables.Close()
	appender := postgres.NewAppender(postgrestest.Pool(t, url))
	at := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	must(t, appender.Append(t.Context(), &warehouse.Rows{IngestedAt: at, Rejects: []warehouse.RejectRow{{
		Origin: warehouse.Origin{Timestamp: at}, Reason: deadletter.ReasonDropped,
	}}}))
	stored, err := deadletter.Stored(t.Context(), tables, deadletter.Span{})
	must(t, err)
	if !stored {
		t.Error("an empty span isn't stored")
	}
}

// A role reaches the datasets that terraform/warehouse.tf lets the function reach on
// BigQuery, and writes to those that it may write to there.
func TestRolesFollowTerraform(t *testing.T) {
	text, err := os.ReadFile("../../../terraform/warehouse.tf")
	must(t, err)
	type access struct{ reach, write []string }
	want := map[string]*access{}
	grant := regexp.MustCompile(`dataset = "(\w+)", role = "[^"]+(dataEditor|dataViewer|appender)[^"]*", member = module\.function\["(\w+)"\]`)
	for _, m := range grant.FindAllStringSubmatch(string(text), -1) {
		dataset, kind, stage := m[1], m[2], m[3]
		if want[stage] == nil {
			want[stage] = &access{}
		}
		want[stage].reach = append(want[stage].reach, dataset)
		if kind != "dataViewer" {
			want[stage].write = append(want[stage].write, dataset)
		}
	}
	if len(want) != 3 {
		t.Fatalf("grants for %d functions were found, want those of ingest, aggregate and dashboard", len(want))
	}
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	must(t, postgres.GrantRoles(t.Context(), pool))
	for stage, w := range want {
		got := &access{}
		for _, schema := range warehouse.Datasets {
			var usage bool
			must(t, pool.QueryRow(t.Context(), "SELECT has_schema_privilege($1, $2, 'USAGE')", rolePrefix+stage, schema).Scan(&usage))
			if usage {
				got.reach = append(got.reach, schema)
			}
		}
		for relation, privileges := range granted(t, pool, rolePrefix+stage) {
			schema, _, _ := strings.Cut(relation, ".")
			if privileges != "SELECT" && !slices.Contains(got.write, schema) {
				got.write = append(got.write, schema)
			}
		}
		for _, list := range [][]string{w.reach, w.write, got.reach, got.write} {
			slices.Sort(list)
		}
		if diff := cmp.Diff(w, got, cmp.AllowUnexported(access{})); diff != "" {
			t.Errorf("%s (-terraform +PostgreSQL):\n%s", stage, diff)
		}
	}
}
