package postgres_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/countstate"
)

// newDashboard returns a dashboard over the database of a URL, whose figures are stale
// after a second.
func newDashboard(t *testing.T, url string) http.Handler {
	return e2etest.Build(t, map[string]string{"WAREHOUSE": "postgres", "DATABASE_URL": url, "MAX_AGE": "1"}, dashboard.ConfigFrom, dashboard.New)
}

// resultsOf returns what a dashboard answers, once it has read the tables: on a busy
// machine the first reading may take longer than a request waits.
func resultsOf(t *testing.T, h http.Handler) *results.Document {
	t.Helper()
	return await(t, h, "there", func(*results.Document) bool { return true })
}

// await asks a dashboard until its results are as a test wants them, and returns them.
func await(t *testing.T, h http.Handler, what string, ok func(*results.Document) bool) *results.Document {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/results", nil))
		switch w.Code {
		case http.StatusOK:
			var d results.Document
			must(t, json.Unmarshal(w.Body.Bytes(), &d))
			if ok(&d) {
				return &d
			}
		case http.StatusServiceUnavailable:
		default:
			t.Fatalf("the dashboard answers %d %s", w.Code, w.Body)
		}
		if time.Now().After(deadline) {
			t.Fatalf("the results aren't %s within %v: %d %.2000s", what, patience, w.Code, w.Body)
		}
	}
}

// Without tables nothing has been counted. Tables that are made later are read.
func TestDashboardBeforeTheTables(t *testing.T) {
	url := postgrestest.Shared(t).Empty(t)
	h := newDashboard(t, url)
	await(t, h, "fresh", func(d *results.Document) bool { return d.Status == countstate.Waiting && !d.Stale })
	w := snapshotWarehouse{postgrestest.Pool(t, url)}
	must(t, w.Create(t.Context()))
	must(t, w.Execute(t.Context(), snapshottest.Fill))
	await(t, h, "those of the tables", func(d *results.Document) bool { return d.Totals.Votes == 4 })
}

// While the server is down the last figures are shown, and said to be old. When it is back
// they are fresh.
func TestDashboardOutlivesTheServer(t *testing.T) {
	server := postgrestest.Start(t, nil)
	url := server.Empty(t)
	w := snapshotWarehouse{postgrestest.Pool(t, url)}
	must(t, w.Create(t.Context()))
	must(t, w.Execute(t.Context(), snapshottest.Fill))
	h := newDashboard(t, url)
	await(t, h, "fresh", func(d *results.Document) bool { return !d.Stale && d.Totals.Votes == 4 })
	server.Kill()
	await(t, h, "stale", func(d *results.Document) bool { return d.Stale && d.StaleSince != nil && d.Totals.Votes == 4 })
	must(t, server.Resume(t.Context()))
	await(t, h, "fresh again", func(d *results.Document) bool { return !d.Stale })
	must(t, w.Execute(t.Context(), `
		UPDATE analytics.regional_turnout SET voted = 5 WHERE state = 'TX';
		UPDATE analytics.books SET updated_at = '2026-11-03 13:06:00+00';
		NOTIFY tallystream_analytics`))
	await(t, h, "those of the next pass", func(d *results.Document) bool { return d.Totals.Votes == 5 })
}

// What keeps the dashboard from reading is said in a sentence that names the setting and
// the remedy.
func TestStoreSentences(t *testing.T) {
	access := filepath.Join(t.TempDir(), "pg_hba.conf")
	must(t, os.WriteFile(access, []byte("local all tallystream trust\nlocal all all scram-sha-256\n"), 0o644))
	server := postgrestest.Start(t, map[string]string{"hba_file": access})
	good := server.Database(t)
	pool := postgrestest.Pool(t, good)
	_, err := pool.Exec(t.Context(), "CREATE ROLE reader LOGIN PASSWORD 'right'")
	must(t, err)
	newer := server.Database(t)
	_, err = postgrestest.Pool(t, newer).Exec(t.Context(), "INSERT INTO public.tallystream_schema (version_id, is_applied) VALUES (9999, true)")
	must(t, err)
	reader := func(password string) string {
		u, err := url.Parse(good)
		must(t, err)
		u.User = url.UserPassword("reader", password)
		return u.String()
	}
	for name, tt := range map[string]struct {
		url  string
		want []string
	}{
		"unreachable":    {"postgres://u:secret@127.0.0.1:1/d", []string{"can't be reached", "DATABASE_URL", "host and port"}},
		"wrong password": {reader("secret"), []string{"refuses the password", "DATABASE_URL", "correct it"}},
		"no grant":       {reader("right"), []string{"privilege", "DATABASE_URL"}},
		"newer schema":   {newer, []string{"version 9999", "DATABASE_URL", "deploy"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newSnapshotStore(t, postgrestest.Pool(t, tt.url), "e").Snapshot(t.Context())
			explains(t, err, tt.want)
		})
	}
}
