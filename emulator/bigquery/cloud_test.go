package bigquery_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/profile"
)

// clouded starts an emulator like the cloud whose waits are what wait does.
func clouded(t *testing.T, wait func(ctx context.Context, d time.Duration) error) *emulator {
	t.Helper()
	now := time.Now() // stands still
	return cloudedWith(t, profile.Options{Seed: 5, Sleep: wait, Now: func() time.Time { return now }})
}

func cloudedWith(t *testing.T, o profile.Options) *emulator {
	t.Helper()
	p, err := profile.Parse("cloud", o)
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, bigquery.Options{Profile: p})
}

// A timed emulator is like the cloud, and notes how long it would wait.
type timed struct {
	*emulator
	drawn *profile.Profile // draws the same times
	mu    sync.Mutex
	waits []time.Duration
}

// newTimed starts one in which tables count for as many rows, and which has the dataset ds.
func newTimed(t *testing.T, rows map[string]int64) *timed {
	t.Helper()
	now := time.Now() // stands still
	w := &timed{}
	w.emulator = cloudedWith(t, profile.Options{Seed: 5, Rows: rows, Now: func() time.Time { return now }, Sleep: func(_ context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waits = append(w.waits, d)
		return nil
	}})
	w.dataset(t, "ds")
	var err error
	if w.drawn, err = profile.Parse("cloud", profile.Options{Seed: 5}); err != nil {
		t.Fatal(err)
	}
	w.drawn.Draw(profile.BigQueryRequest) // the dataset
	return w
}

// takes runs a statement, which has to wait as long as is wanted.
func (w *timed) takes(t *testing.T, sql string, want ...time.Duration) {
	t.Helper()
	w.mu.Lock()
	w.waits = nil
	w.mu.Unlock()
	if _, err := w.client.Query(sql).Read(t.Context()); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(want, w.waits); diff != "" {
		t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

// A statement takes longer by what it reads, in a table that counts for as many rows as in
// a larger project; what it changes it reads whole.
func TestTimesOfLargeTables(t *testing.T) {
	const gib = 1 << 30
	w := newTimed(t, map[string]int64{"ds.large": gib / 8}) // a column of numbers has a GiB
	for _, test := range []struct {
		sql  string
		op   profile.Operation
		scan profile.Scan
		gibs int64
	}{
		{"CREATE TABLE ds.large (a INT64, b INT64)", profile.BigQueryDDL, profile.BigQueryChange, 0},
		{"CREATE TABLE ds.small (a INT64)", profile.BigQueryDDL, profile.BigQueryChange, 0},
		{"INSERT ds.large (a, b) VALUES (1, 2)", profile.BigQueryDML, profile.BigQueryChange, 0},
		{"SELECT a FROM ds.large", profile.BigQueryQuery, profile.BigQueryRead, 1},
		{"SELECT a + b FROM ds.large", profile.BigQueryQuery, profile.BigQueryRead, 2},
		{"SELECT a FROM ds.large", profile.BigQueryCached, profile.BigQueryRead, 0},
		{"SELECT a FROM ds.small", profile.BigQueryQuery, profile.BigQueryRead, 0},
		{"INSERT ds.small (a) SELECT b FROM ds.large", profile.BigQueryDML, profile.BigQueryChange, 1},
		{"MERGE ds.large USING ds.small ON FALSE WHEN MATCHED THEN DELETE", profile.BigQueryDML, profile.BigQueryChange, 2},
		{"CREATE TABLE ds.copy AS SELECT a, b FROM ds.large", profile.BigQueryDDL, profile.BigQueryChange, 2},
	} {
		w.takes(t, test.sql, w.drawn.Draw(test.op)+w.drawn.Scan(test.scan, test.gibs*gib))
	}
}

// Each statement takes the time of what it is, in order, and a script a time of its own.
func TestTimesOfStatements(t *testing.T) {
	w := newTimed(t, nil)
	for _, test := range []struct {
		sql  string
		want []profile.Operation
	}{
		{"CREATE TABLE ds.t (n INT64)", []profile.Operation{profile.BigQueryDDL}},
		{"INSERT ds.t (n) VALUES (1)", []profile.Operation{profile.BigQueryDML}},
		{"SELECT n FROM ds.t", []profile.Operation{profile.BigQueryQuery}},
		{"SELECT n FROM ds.t", []profile.Operation{profile.BigQueryCached}},
		{`DECLARE one INT64 DEFAULT 1; DECLARE most INT64;
		  BEGIN TRANSACTION;
		  CREATE TEMP TABLE fresh AS SELECT n + one AS n FROM ds.t;
		  SET most = (SELECT MAX(n) FROM fresh);
		  IF one > 0 THEN MERGE ds.t USING fresh ON FALSE WHEN NOT MATCHED THEN INSERT (n) VALUES (most); END IF;
		  COMMIT TRANSACTION;
		  SELECT n FROM ds.t;`, []profile.Operation{
			profile.BigQueryScript, profile.BigQueryBegin, profile.BigQueryScriptTemporary, profile.BigQueryScriptExpression,
			profile.BigQueryScriptDML, profile.BigQueryCommit, profile.BigQueryScriptQuery,
		}},
	} {
		var want []time.Duration
		for _, op := range test.want {
			want = append(want, w.drawn.Draw(op))
		}
		w.takes(t, test.sql, want...)
	}
}

// Two UPDATEs of a table run, 20 wait, and more are refused. Those that were taken
// succeed.
func TestDMLBeyondTheQueue(t *testing.T) {
	hold := make(chan struct{})
	close(hold)
	var mu sync.Mutex
	e := clouded(t, func(ctx context.Context, _ time.Duration) error {
		mu.Lock()
		held := hold
		mu.Unlock()
		select {
		case <-held:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t (n INT64)")
	e.query(t, "INSERT ds.t (n) VALUES (0)")
	mu.Lock()
	hold = make(chan struct{})
	mu.Unlock()

	const taken, refused = 22, 5
	results := make(chan error, taken+refused)
	for range taken + refused {
		go func() {
			_, err := e.client.Query("UPDATE ds.t SET n = n + 1 WHERE TRUE").Read(t.Context())
			results <- err
		}()
	}
	want := fmt.Sprintf("Too many DML statements outstanding against table %s:ds.t, limit is 20", project)
	for range refused {
		if err := <-results; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "resourcesExceeded") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	close(hold)
	for range taken {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if got := e.query(t, "SELECT n FROM ds.t"); got[0][0] != int64(taken) {
		t.Errorf("%v updates, want %d", got[0][0], taken)
	}
}

// The metadata of a table changes five times in ten seconds, by DDL and by the API.
func TestTableUpdates(t *testing.T) {
	e := clouded(t, func(context.Context, time.Duration) error { return nil })
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t (n INT64)")
	e.query(t, "ALTER TABLE ds.t ADD COLUMN m INT64")
	patch := func(table string) (int, any) {
		status, body := e.call(t, "PATCH", projectURL+"/datasets/ds/tables/"+table, object{"description": "changed"})
		return status, at(body, "error", "message")
	}
	for range 3 {
		if status, message := patch("t"); status != 200 {
			t.Fatalf("a change of five: %d %v", status, message)
		}
	}
	const want = "Exceeded rate limits: too many table update operations for this table."
	if status, message := patch("t"); status != 403 || !strings.HasPrefix(fmt.Sprint(message), want) {
		t.Errorf("the sixth change: %d %v, want 403 %q", status, message, want)
	}
	status, body := e.call(t, "POST", projectURL+"/queries", object{"query": "ALTER TABLE ds.t ADD COLUMN l INT64", "useLegacySql": false})
	if message := at(body, "error", "message"); status != 403 || !strings.HasPrefix(fmt.Sprint(message), want) {
		t.Errorf("the seventh, by DDL: %d %v, want 403 %q", status, message, want)
	}
	e.query(t, "CREATE TABLE ds.other (n INT64)")
	if status, message := patch("other"); status != 200 {
		t.Errorf("another table: %d %v", status, message)
	}
}

// So does that of a dataset.
func TestDatasetUpdates(t *testing.T) {
	e := clouded(t, func(context.Context, time.Duration) error { return nil })
	e.dataset(t, "ds")
	const path, want = projectURL + "/datasets/ds", "Exceeded rate limits: too many dataset metadata update operations for this dataset."
	for n := 1; n <= 6; n++ {
		status, body := e.call(t, "PATCH", path, object{"description": "changed"})
		message := fmt.Sprint(at(body, "error", "message"))
		if n <= 5 && status != 200 || n == 6 && (status != 403 || !strings.HasPrefix(message, want)) {
			t.Errorf("change %d: %d %s", n, status, message)
		}
	}
}
