// Package postgrestest starts a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	server "github.com/tallystream/tallystream/local/postgres"
	"github.com/tallystream/tallystream/shared/postgres"
)

// template is a database with all tables, of which those of the tests are copies.
const template = "tallystream_template"

// Server is a PostgreSQL server. Each test has a database of its own in it.
type Server struct {
	*server.Server
	databases atomic.Int64
	made      sync.Once
	err       error // of the template
}

// Start starts a server, which ends with the test. settings are parameters of the server.
// Unless they say otherwise a commit doesn't wait for the disk: only tests that take the
// machine's power away need it.
func Start(t testing.TB, settings map[string]string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "tallystream-pgdata-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	all := map[string]string{"fsync": "off", "max_connections": "200"}
	for name, value := range settings {
		all[name] = value
	}
	s, err := server.Start(t.Context(), server.Options{Dir: dir, Settings: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close PostgreSQL: %v", err)
		}
	})
	return &Server{Server: s}
}

// Database creates a database with all tables and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.made.Do(func() { s.err = s.makeTemplate(t.Context()) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.create(t, template)
}

// Empty creates a database without tables and returns its URL.
func (s *Server) Empty(t testing.TB) string {
	t.Helper()
	return s.create(t, "")
}

func (s *Server) create(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.databases.Add(1))
	if err := s.CreateDatabase(t.Context(), name, template); err != nil {
		t.Fatal(err)
	}
	return s.URL(name)
}

func (s *Server) makeTemplate(ctx context.Context) error {
	if err := s.CreateDatabase(ctx, template, ""); err != nil {
		return err
	}
	pool, err := postgres.Connect(s.URL(template), "test")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

// Pool connects to a database. The pool ends with the test.
func Pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Connect(url, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
