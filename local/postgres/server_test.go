package postgres_test

import (
	"testing"

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
