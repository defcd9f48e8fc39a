package sqltest

import (
	"context"
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Queries see what a view's query has now; the schema that the view reports is
// that of the day it was made.
func TestViewsFollowTheirTables(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	query(t, e, "CREATE VIEW d.inner_view AS SELECT *, k + 1 AS next FROM d.t")
	query(t, e, "CREATE VIEW d.outer_view AS SELECT *, next * 10 AS ten FROM d.inner_view")
	checkRows(t, e, "SELECT * FROM d.outer_view", [][]any{{int64(1), int64(2), int64(20)}})

	query(t, e, "ALTER TABLE d.t ADD COLUMN more STRING")
	query(t, e, "INSERT INTO d.t (k, more) VALUES (5, 'x')")
	checkRows(t, e, "SELECT ten, next, more FROM d.outer_view ORDER BY k", [][]any{{int64(20), int64(2), nil}, {int64(60), int64(6), "x"}})
	checkRows(t, e, "SELECT * FROM d.outer_view ORDER BY k", [][]any{{int64(1), nil, int64(2), int64(20)}, {int64(5), "x", int64(6), int64(60)}})
	view, err := e.Table(context.Background(), TableRef{Project: "p", Dataset: "d", Table: "outer_view"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(view.Schema.Fields); n != 3 {
		t.Errorf("the view reports %d columns, want those that it was made with", n)
	}

	query(t, e, "ALTER TABLE d.t DROP COLUMN more")
	if _, err := e.Query(context.Background(), Query{SQL: "SELECT more FROM d.outer_view", Project: "p"}); err == nil || !strings.Contains(err.Error(), "more") {
		t.Errorf("a column that is gone: error = %v", err)
	}
	checkRows(t, e, "SELECT ten FROM d.outer_view ORDER BY k", [][]any{{int64(20)}, {int64(60)}})

	query(t, e, "CREATE OR REPLACE VIEW d.inner_view AS SELECT k AS next FROM d.t")
	checkRows(t, e, "SELECT * FROM d.outer_view ORDER BY next", [][]any{{int64(1), int64(10)}, {int64(5), int64(50)}})
}

// A view that refers to itself is refused, and the one that is there stays.
func TestViewsDoNotReferToThemselves(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE VIEW d.v AS SELECT 1 AS k; CREATE VIEW d.w AS SELECT * FROM d.v; CREATE TABLE FUNCTION d.f() AS SELECT * FROM d.w")
	for _, text := range []string{"SELECT * FROM d.v", "SELECT * FROM d.w", "SELECT * FROM d.f()", "SELECT (SELECT MAX(k) FROM p.d.w) AS k"} {
		_, byStatement := e.Query(t.Context(), Query{SQL: "CREATE OR REPLACE VIEW d.v AS " + text, Project: "p"})
		_, byUpdate := e.UpdateTable(t.Context(), TableRef{Project: "p", Dataset: "d", Table: "v"}, func(r *bqv2.Table) error {
			r.View.Query = text
			return nil
		})
		for _, err := range []error{byStatement, byUpdate} {
			if err == nil || !strings.HasSuffix(err.Error(), "The view p:d.v refers to itself") {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	query(t, e, "CREATE OR REPLACE VIEW d.v AS SELECT 2 AS k")
	checkRows(t, e, "SELECT * FROM d.f()", [][]any{{int64(2)}})
}

// Clients read back how a materialized view is refreshed.
func TestRefreshOfMaterializedViews(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for _, c := range []struct {
		sql     string
		enabled bool
		millis  int64
	}{
		{"CREATE MATERIALIZED VIEW d.m AS SELECT 1 AS k", true, 1_800_000},
		{"CREATE OR REPLACE MATERIALIZED VIEW d.m OPTIONS (refresh_interval_minutes = 60, enable_refresh = FALSE) AS SELECT 1 AS k", false, 3_600_000},
		{"ALTER MATERIALIZED VIEW d.m SET OPTIONS (enable_refresh = TRUE, refresh_interval_minutes = 1.5)", true, 90_000},
		{"ALTER MATERIALIZED VIEW d.m SET OPTIONS (refresh_interval_minutes = NULL)", true, 1_800_000},
	} {
		query(t, e, c.sql)
		r, err := e.Table(t.Context(), TableRef{Project: "p", Dataset: "d", Table: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if m := r.MaterializedView; m.EnableRefresh != c.enabled || m.RefreshIntervalMs != c.millis {
			t.Errorf("%s: %+v", c.sql, m)
		}
	}
}
