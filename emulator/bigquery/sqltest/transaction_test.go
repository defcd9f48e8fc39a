package sqltest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// session opens a session and returns a function that runs SQL in it.
func openSession(t *testing.T, e *Engine) func(sql string) error {
	t.Helper()
	ctx := context.Background()
	res, err := e.Query(ctx, Query{SQL: "SELECT 1", Project: "p", CreateSession: true})
	if err != nil {
		t.Fatal(err)
	}
	if res.SessionID == "" {
		t.Fatal("the new session has no id")
	}
	return func(sql string) error {
		_, err := e.Query(ctx, Query{SQL: sql, Project: "p", SessionID: res.SessionID})
		return err
	}
}

func TestTransactionsConflictByTable(t *testing.T) {
	for name, test := range map[string]struct {
		first, second string
		conflict      bool
	}{
		"updates of different rows": {"UPDATE d.t SET v = 1 WHERE k = 1", "UPDATE d.t SET v = 2 WHERE k = 2", true},
		"update and delete":         {"UPDATE d.t SET v = 1 WHERE k = 1", "DELETE FROM d.t WHERE k = 2", true},
		"different tables":          {"UPDATE d.t SET v = 1 WHERE k = 1", "UPDATE d.u SET v = 2 WHERE k = 2", false},
		"update and insert":         {"UPDATE d.t SET v = 1 WHERE k = 1", "INSERT d.t VALUES (3, 3)", false},
		"inserts":                   {"INSERT d.t VALUES (3, 3)", "INSERT d.t VALUES (4, 4)", false},
		"update and read":           {"UPDATE d.t SET v = 1 WHERE k = 1", "SELECT * FROM d.t", false},
	} {
		t.Run(name, func(t *testing.T) {
			e := open(t, Options{})
			createDataset(t, e)
			for _, table := range []string{"t", "u"} {
				query(t, e, fmt.Sprintf("CREATE TABLE d.%s AS SELECT k, 0 AS v FROM UNNEST([1, 2]) AS k", table))
			}
			a, b := openSession(t, e), openSession(t, e)
			for _, run := range []error{a("BEGIN TRANSACTION"), b("BEGIN TRANSACTION"), a(test.first)} {
				if run != nil {
					t.Fatal(run)
				}
			}
			err := b(test.second)
			if test.conflict {
				var be *Error
				if !errors.As(err, &be) || be.Reason != "invalidQuery" || !strings.Contains(be.Message, "aborted due to concurrent update against table p:d.t") {
					t.Fatalf("second change: error = %v", err)
				}
			} else if err != nil {
				t.Fatalf("second change: %v", err)
			} else if err := b("COMMIT TRANSACTION"); err != nil {
				t.Fatal(err)
			}
			if err := a("COMMIT TRANSACTION"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTransactionConflictsWithAChangeAfterItsSnapshot(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k, 0 AS v")
	a := openSession(t, e)
	if err := a("BEGIN TRANSACTION"); err != nil {
		t.Fatal(err)
	}
	query(t, e, "UPDATE d.t SET v = 1 WHERE TRUE")
	if err := a("UPDATE d.t SET v = 2 WHERE TRUE"); err == nil || !strings.Contains(err.Error(), "concurrent update") {
		t.Fatalf("error = %v", err)
	}
	if diff := cmp.Diff([][]any{{int64(1)}}, values(t, e, "SELECT v FROM d.t")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestTransactionReadsItsSnapshot(t *testing.T) {
	ctx := context.Background()
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	res, err := e.Query(ctx, Query{SQL: "BEGIN TRANSACTION", Project: "p", CreateSession: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Append(ctx, TableRef{Project: "p", Dataset: "d", Table: "t"}, []string{"k"}, [][]any{{int64(2)}}); err != nil {
		t.Fatal(err)
	}
	inside, err := e.Query(ctx, Query{SQL: "SELECT COUNT(*) FROM d.t", Project: "p", SessionID: res.SessionID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(1)}}, inside.Rows.Values); diff != "" {
		t.Errorf("inside (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]any{{int64(2)}}, values(t, e, "SELECT COUNT(*) FROM d.t")); diff != "" {
		t.Errorf("outside (-want +got):\n%s", diff)
	}
}

func TestCancelledScriptRollsBack(t *testing.T) {
	looping := make(chan struct{})
	e := open(t, Options{BeforeStatement: func(_ context.Context, s Statement) error {
		if s.Number == 4 { // the transaction has deleted
			close(looping)
		}
		return nil
	}})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := e.Query(ctx, Query{Project: "p", SQL: "BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; LOOP SELECT 1; END LOOP;"})
		done <- err
	}()
	<-looping
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	query(t, e, "UPDATE d.t SET k = 2 WHERE TRUE") // doesn't wait for the one that is gone
	if diff := cmp.Diff([][]any{{int64(2)}}, values(t, e, "SELECT k FROM d.t")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestConcurrentMutationsQueue loses no update, though statements outside of
// transactions change one table at the same time.
func TestConcurrentMutationsQueue(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 0 AS n")
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for range cap(errs) {
		wg.Go(func() {
			for range 5 {
				if _, err := e.Query(context.Background(), Query{SQL: "UPDATE d.t SET n = n + 1 WHERE TRUE", Project: "p"}); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if diff := cmp.Diff([][]any{{int64(40)}}, values(t, e, "SELECT n FROM d.t")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestManyQueriesLeaveNothingBehind compares what is held after some queries
// with what is held after many more.
func TestManyQueriesLeaveNothingBehind(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (k INT64, v STRUCT<a INT64, b STRING>)")
	round := func(n int) {
		for i := range n {
			query(t, e, fmt.Sprintf("SELECT k, v.a, %d AS n, STRUCT(%d AS x) FROM d.t", i%300, i%300))
			query(t, e, "BEGIN TRANSACTION; CREATE TEMP TABLE s AS SELECT 1 AS k; MERGE d.t USING s ON t.k = s.k WHEN MATCHED THEN UPDATE SET k = 1 WHEN NOT MATCHED THEN INSERT (k) VALUES (k); COMMIT TRANSACTION;")
		}
	}
	held := func() (heap uint64, tables, connections int64) {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		tables, connections, err := e.Held(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return m.HeapAlloc, tables, connections
	}
	round(150)
	heap, tables, connections := held()
	round(300)
	heap2, tables2, connections2 := held()
	if tables2 != tables || connections2 != connections {
		t.Errorf("tables %d → %d, connections %d → %d", tables, tables2, connections, connections2)
	}
	if heap2 > heap+heap/4+8<<20 {
		t.Errorf("heap %d MB → %d MB", heap>>20, heap2>>20)
	}
}

// The bytes that a statement reads are those of the rows that its transaction sees.
func TestTransactionReadsWhatItHasChanged(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT k FROM UNNEST([1, 2, 3]) AS k")
	session, err := e.Query(t.Context(), Query{SQL: "SELECT 1", Project: "p", CreateSession: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		sql  string
		rows int64 // that are read, of eight bytes each
	}{
		{"BEGIN TRANSACTION", 0},
		{"SELECT k FROM d.t", 3},
		{"INSERT d.t VALUES (4), (5)", 0},
		{"SELECT k + 1 FROM d.t", 5},
		{"DELETE FROM d.t WHERE k = 1", 0},
		{"MERGE d.t USING (SELECT k + 3 AS k FROM d.t) AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT VALUES (k) WHEN MATCHED THEN DELETE", 6},
		{"SELECT k + 2 FROM d.t", 6},
		{"ROLLBACK TRANSACTION", 0},
		{"SELECT k + 3 FROM d.t", 3},
		{"BEGIN TRANSACTION", 0},
		{"TRUNCATE TABLE d.t", 0},
		{"SELECT k + 4 FROM d.t", 0},
		{"COMMIT TRANSACTION", 0},
		{"SELECT k + 5 FROM d.t", 0},
	} {
		res, err := e.Query(t.Context(), Query{SQL: step.sql, Project: "p", SessionID: session.SessionID})
		if err != nil {
			t.Fatalf("%s: %v", step.sql, err)
		}
		if got, want := res.BytesProcessed, 8*step.rows; got != want {
			t.Errorf("%s: %d bytes processed, want %d", step.sql, got, want)
		}
	}
}
