package torture

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// A control whose target is gone is an error.
func TestControlWithoutItsTarget(t *testing.T) {
	for _, c := range controls {
		change := c.rewrite[endpoint.BigQuery]
		if c.live != nil {
			change = c.live
		}
		if change == nil {
			continue
		}
		_, err := change("BEGIN TRANSACTION;\nSELECT 1;\nCOMMIT TRANSACTION;\n")
		if err == nil || !strings.Contains(err.Error(), "write the control anew") {
			t.Errorf("%s: error = %v", c.name, err)
		}
	}
}

// Every control of PostgreSQL changes one statement of a pass.
func TestControlsOfPostgres(t *testing.T) {
	for _, c := range controls {
		change := c.rewrite[endpoint.Postgres]
		if change == nil {
			if c.rewrite != nil && !c.forgetful {
				t.Errorf("%s breaks nothing on PostgreSQL", c.name)
			}
			continue
		}
		var broken []string
		for _, step := range aggregate.PostgresSteps() {
			for _, sql := range aggregate.PostgresStatements(step) {
				changed, err := change(sql)
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				if changed != sql {
					broken = append(broken, step)
				}
			}
		}
		if len(broken) != 1 {
			t.Errorf("%s breaks %v, want one statement", c.name, broken)
		}
	}
}

func TestEarlier(t *testing.T) {
	got, err := earlier("MERGE b", "CREATE a")("BEGIN TRANSACTION;\nCREATE a\nAS 1;\nMERGE c;\nMERGE b\nUSING a;\nMERGE d;\nCOMMIT TRANSACTION;\n")
	want := "BEGIN TRANSACTION;\nCREATE a\nAS 1;\nMERGE b\nUSING a;\nCOMMIT TRANSACTION;\nBEGIN TRANSACTION;\nMERGE c;\nMERGE d;\nCOMMIT TRANSACTION;\n"
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("earlier (-want +got):\n%s", diff)
	}
}

// A seed always gives the same plan.
func TestPlansRepeat(t *testing.T) {
	for seed := range uint64(20) {
		p, q := planOf(seed), planOf(seed)
		if !slices.Equal(p.clocks, q.clocks) || p.hold != q.hold || len(p.rounds) != len(q.rounds) {
			t.Errorf("seed %d: %+v and %+v", seed, p, q)
		}
		for n := range 100 {
			if p.choose("push", n) != q.choose("push", n) {
				t.Errorf("seed %d chooses %v and %v", seed, p.choose("push", n), q.choose("push", n))
			}
		}
	}
}
