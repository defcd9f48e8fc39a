// Package postgrestest starts a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	dir       string // of its data
	databases atomic.Int64
	made      sync.Once
	err       error // of the template
}

// Start starts a server, which ends with the test. changed are parameters of the server.
// Unless they say otherwise a commit doesn't wait for the disk: a killed server loses nothing
// that it has handed to the machine.
func Start(t testing.TB, changed map[string]string) *Server {
	t.Helper()
	s, stop, err := start(t.Context(), changed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("close PostgreSQL: %v", err)
		}
	})
	return s
}

// start starts a server in a folder of its own. stop ends it and removes the folder.
func start(ctx context.Context, changed map[string]string) (_ *Server, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "tallystream-pgdata-")
	if err != nil {
		return nil, nil, err
	}
	s, err := startIn(ctx, dir, changed)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, func() error { return errors.Join(s.Close(), os.RemoveAll(dir)) }, nil
}

// startIn starts a server whose data lies in an empty folder.
func startIn(ctx context.Context, dir string, changed map[string]string) (*Server, error) {
	if err := sow(ctx, dir); err != nil {
		return nil, err
	}
	s, err := server.Start(ctx, server.Options{Dir: dir, Settings: settings(changed)})
	return &Server{Server: s, dir: dir}, err
}

// settings are those of a server for tests, some of them changed.
func settings(changed map[string]string) map[string]string {
	all := map[string]string{"fsync": "off", "max_connections": "200"}
	maps.Copy(all, changed)
	return all
}

// shared is the server of a test binary, which Shared starts and Main stops.
var shared struct {
	once   sync.Once
	server *Server
	stop   func() error
	err    error
}

// Shared is one server for all tests of a binary whose TestMain is Main. Nobody stops it
// or changes its settings.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.stop, shared.err = start(context.Background(), nil) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// Main runs the tests, stops the shared server and returns the exit status.
func Main(m *testing.M) int {
	seed.kept = true
	status := m.Run()
	var err error
	if shared.stop != nil {
		err = shared.stop()
	}
	if err = errors.Join(err, os.RemoveAll(seed.dir)); err != nil {
		fmt.Fprintln(os.Stderr, "close PostgreSQL:", err)
		return 1
	}
	return status
}

// Database creates a database with all tables and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.made.Do(func() { s.err = s.CreateMigrated(t.Context(), template) })
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
