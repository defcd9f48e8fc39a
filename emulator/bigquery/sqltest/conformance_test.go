package sqltest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest"
)

// timeout bounds one case, so that none hangs the test.
const timeout = 4 * time.Minute // seconds, on an idle machine

// casesDir is where the cases lie, beside the repository.
func casesDir(t *testing.T) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the test doesn't know its own file")
	}
	dir := filepath.Join(filepath.Dir(file), "..", "..", "..", "..", "shared", "conformance", "sql")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no conformance cases: %v", err)
	}
	return dir
}

// TestConformance holds the engine to answers that BigQuery itself gave. The cases lie
// outside of the repository, and are read in place.
func TestConformance(t *testing.T) {
	cases, err := readCases(casesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(context.Background(), engine.Options{Analyzer: analyzer.Analyzer{}, Buckets: bucket.Folder(t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, c := range cases {
		if reason := try(e, c, fmt.Sprintf("case_%d", i)); reason != "" {
			t.Errorf("%s: %s", c.name, reason)
		}
	}
	t.Logf("%d cases", len(cases))
}

// request sends the requests that prepare a case; it returns why one fails.
func (c *testCase) request(e *engine.Engine, project, dataset string) (reason string) {
	h := rest.New(e, nil)
	defer h.Close()
	for _, r := range c.requests {
		path := filled(r.Path, project, dataset)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(r.Method, path, strings.NewReader(filled(string(r.Body), project, dataset))))
		if w.Code >= 300 {
			return fmt.Sprintf("%s %s: %d %s", r.Method, path, w.Code, w.Body)
		}
	}
	return ""
}

// try runs a case; it returns why it fails, "" if it passes. What has something to prepare has a fresh dataset. For a
// query alone the recordings had none: the dataset that it names isn't there
// (https://github.com/jjviscomi/bqemulator/blob/main/scripts/record_conformance_fixtures.py).
func try(e *engine.Engine, c *testCase, dataset string) (reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	const project = "conformance"
	if c.setup != "" || len(c.requests) > 0 {
		ref := &bqv2.DatasetReference{ProjectId: project, DatasetId: dataset}
		if _, err := e.CreateDataset(ctx, &bqv2.Dataset{DatasetReference: ref}); err != nil {
			return fmt.Sprintf("create the dataset: %v", err)
		}
	}
	q, err := c.engineQuery(project, dataset)
	if err != nil {
		return err.Error()
	}
	if strings.TrimSpace(c.setup) != "" {
		if _, err := e.Query(ctx, engine.Query{SQL: filled(c.setup, project, dataset), Project: project}); err != nil {
			return fmt.Sprintf("setup: %v", err)
		}
	}
	if reason := c.request(e, project, dataset); reason != "" {
		return reason
	}
	ctx = engine.WithCaller(ctx, filled(c.headers["X-Bqemu-Caller"], project, dataset))
	res, err := e.Query(ctx, q)
	switch {
	case c.expected.Error != nil && err == nil:
		return "no error, want " + c.expected.Error.Pattern
	case c.expected.Error != nil:
		return c.compareError(err)
	case err != nil:
		return err.Error()
	}
	return c.compareResult(res, q.DryRun)
}
