package postgres_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/errortest"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// appendTo appends a vote to the database of a URL. It is told to stop when it connects
// for the second time.
func appendTo(t *testing.T, url string) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var dials atomic.Int64
	pool, err := postgres.Connect(url, "test", func(_ string, c *pgxpool.Config) error {
		dial := c.ConnConfig.DialFunc
		c.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) == 2 {
				cancel()
			}
			return dial(ctx, network, address)
		}
		return nil
	})
	if err != nil {
		return err
	}
	a := postgres.NewAppender(pool)
	defer func() { _ = a.Close() }()
	return a.Append(ctx, oneVote("{}"))
}

// What is wrong is said in a sentence that names the setting and the remedy, and no
// password.
func TestSentences(t *testing.T) {
	server := postgrestest.Start(t, map[string]string{"max_connections": "8", "superuser_reserved_connections": "1"})
	good := server.Database(t)
	admin := postgrestest.Pool(t, good)
	for _, statement := range []string{
		"CREATE ROLE reader LOGIN", "GRANT USAGE ON SCHEMA raw TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
	} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	change := func(f func(u *url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		f(u)
		return u.String()
	}
	for name, tt := range map[string]struct {
		url  string
		want []string
	}{
		"unreachable": {"postgres://u:secret@127.0.0.1:1/d?sslmode=disable", []string{"can't be reached", "DATABASE_URL", "host and port"}},
		"no database": {change(func(u *url.URL) { u.Path = "/nowhere" }), []string{"no such database", "DATABASE_URL", "create it"}},
		"no user":     {change(func(u *url.URL) { u.User = url.UserPassword("nobody", "secret") }), []string{"DATABASE_URL"}},
		"no schema":   {server.Empty(t), []string{"no tables", "DATABASE_URL", "migrate"}},
		"no grant":    {change(func(u *url.URL) { u.User = url.User("reader") }), []string{"privilege", "DATABASE_URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			explains(t, appendTo(t, tt.url), tt.want)
		})
	}
}

// explains checks that an error says all of some texts, and doesn't show the password.
func explains(t *testing.T, err error, texts []string) {
	t.Helper()
	errortest.Says(t, err, texts...)
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%v shows the password", err)
	}
}

// A schema of another version is refused before anything is appended.
func TestOtherVersions(t *testing.T) {
	server := postgrestest.Shared(t)
	for name, tt := range map[string]struct{ change, want string }{
		"older": {"DELETE FROM tallystream_schema WHERE version_id = (SELECT max(version_id) FROM tallystream_schema)", "go run ./local migrate"},
		"newer": {"INSERT INTO tallystream_schema (version_id, is_applied) VALUES (99, true)", "deploy a program"},
	} {
		t.Run(name, func(t *testing.T) {
			url := server.Database(t)
			pool := postgrestest.Pool(t, url)
			if _, err := pool.Exec(t.Context(), tt.change); err != nil {
				t.Fatal(err)
			}
			err := appendTo(t, url)
			var version *postgres.VersionError
			if !errors.As(err, &version) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a *VersionError that says %q", err, tt.want)
			}
			if name == "newer" {
				if err := postgres.Migrate(t.Context(), pool); !errors.As(err, &version) {
					t.Errorf("a migration went back: %v", err)
				}
			}
		})
	}
	if err := appendTo(t, server.Empty(t)); !errors.Is(err, warehouse.ErrTableMissing) {
		t.Errorf("without tables: %v", err)
	}
}

// When the server has no connection left, the append says so, and succeeds once it has.
func TestTooManyConnections(t *testing.T) {
	server := postgrestest.Start(t, map[string]string{"max_connections": "5", "superuser_reserved_connections": "0"})
	url := server.Database(t)
	hog := postgrestest.Pool(t, url+"&pool_max_conns=10")
	var taken []interface{ Release() }
	for {
		conn, err := hog.Acquire(t.Context())
		if err != nil {
			break
		}
		taken = append(taken, conn)
	}
	if err := appendTo(t, url); err == nil || !strings.Contains(err.Error(), "max_connections") {
		t.Errorf("got %v, want an error that names max_connections", err)
	}
	for _, conn := range taken {
		conn.Release()
	}
	hog.Reset()
	s := newStore(t, url)
	if err := s.Append(t.Context(), oneVote("{}")); err != nil {
		t.Error(err)
	}
}
