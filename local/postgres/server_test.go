package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

// What was committed is there after a crash of the server.
func TestServerComesBack(t *testing.T) {
	s := postgrestest.Start(t, map[string]string{"fsync": "on"})
	url := s.Database(t)
	pool := postgrestest.Pool(t, url)
	if _, err := pool.Exec(t.Context(), "INSERT INTO analytics.certifications VALUES ('e', true, 'Ada', NULL, '{}', now())"); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
	var rows int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM analytics.certifications").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if rows != 1 {
		t.Errorf("%d rows after a crash, want 1", rows)
	}
	if err := postgres.CheckVersion(t.Context(), pool); err != nil {
		t.Error(err)
	}
}

// A crash ends every process of the server, also one that would go on by itself: a query
// that computes doesn't notice that the server has gone.
func TestKillEndsQueries(t *testing.T) {
	s := postgrestest.Start(t, nil)
	pool := postgrestest.Pool(t, s.Database(t))
	ended := make(chan error)
	go func() {
		_, err := pool.Exec(context.WithoutCancel(t.Context()), "SELECT count(*) FROM generate_series(1, 1000000000000)")
		ended <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	for running := false; !running; {
		const sql = "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1, 1000%' AND pid != pg_backend_pid()"
		if err := pool.QueryRow(ctx, sql).Scan(&running); err != nil {
			t.Fatalf("the query wasn't seen to run: %v", err)
		}
	}
	s.Kill()
	if err := <-ended; err == nil {
		t.Error("the query has an answer of a server that was killed")
	}
}
