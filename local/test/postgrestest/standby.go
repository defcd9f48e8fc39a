package postgrestest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	server "github.com/tallystream/tallystream/local/postgres"
)

// Standby makes a copy of a running server, which follows it by streaming replication. It
// ends with the test.
//
// The copy is made as PostgreSQL's manual has it, "Making a Base Backup Using the Low
// Level API": pg_basebackup isn't a part of every installation.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "tallystream-pgdata-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s.backup(t, dir)
	standby, err := server.Start(t.Context(), server.Options{Dir: dir, Settings: settings(nil)})
	if err != nil {
		t.Fatal("start a standby: ", err)
	}
	t.Cleanup(func() {
		if err := standby.Close(); err != nil {
			t.Errorf("close the standby: %v", err)
		}
	})
	return &Server{Server: standby, dir: dir}
}

// Rejoin makes a server that has died the standby of another one. Its data is lost.
func (s *Server) Rejoin(t testing.TB, primary *Server) {
	t.Helper()
	old, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	primary.backup(t, s.dir)
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// backup copies a running server into a folder, as a standby.
func (s *Server) backup(t testing.TB, dir string) {
	t.Helper()
	conn := s.connect(t) // the backup ends with the connection
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "SELECT pg_backup_start('standby', fast => true)"); err != nil {
		t.Fatal(err)
	}
	if err := copyData(s.dir, dir); err != nil {
		t.Fatal("copy the primary: ", err)
	}
	var label string
	if err := conn.QueryRow(t.Context(), "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)").Scan(&label); err != nil {
		t.Fatal(err)
	}
	follow := "primary_conninfo = '" + s.URL("postgres") + "'\nwal_retrieve_retry_interval = 100ms\n"
	for name, text := range map[string]string{"backup_label": label, "standby.signal": "", "postgresql.auto.conf": follow} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A backup has the first of these as empty folders, and the second not at all (the manual's
// "Backing Up the Data Directory").
var (
	emptyInBackup   = []string{"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"}
	missingInBackup = []string{"postmaster.pid", "postmaster.opts"}
)

// copyData copies the data of a running server. Files come and go meanwhile.
func copyData(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = copyEntry(from, to, path, entry)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func copyEntry(from, to, path string, entry fs.DirEntry) error {
	relative, err := filepath.Rel(from, path)
	if err != nil {
		return err
	}
	top, _, below := strings.Cut(relative, string(filepath.Separator))
	target := filepath.Join(to, relative)
	switch {
	case entry.IsDir() && below && slices.Contains(emptyInBackup, top):
		return fs.SkipDir
	case entry.IsDir():
		return os.MkdirAll(target, 0o700)
	case below && slices.Contains(emptyInBackup, top), slices.Contains(missingInBackup, relative), strings.HasPrefix(entry.Name(), "pgsql_tmp"):
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Synchronous has commits of a server wait until a standby has them too.
func (s *Server) Synchronous(t testing.TB) {
	t.Helper()
	s.exec(t, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
	s.await(t, "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'")
}

// Promote makes a standby a primary.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.await(t, "SELECT pg_promote()")
}

func (s *Server) exec(t testing.TB, statements ...string) {
	t.Helper()
	conn := s.connect(t)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// await waits until a query says true.
func (s *Server) await(t testing.TB, query string) {
	t.Helper()
	conn := s.connect(t)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // moments, on an idle machine
	defer cancel()
	for said := false; !said; {
		if err := conn.QueryRow(ctx, query).Scan(&said); err != nil {
			t.Fatalf("waited until %q is true: %v", query, err)
		}
	}
}

func (s *Server) connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// Together is the URL of a database of several servers: a connection goes to the one that
// takes changes.
func Together(t testing.TB, database string, servers ...*Server) string {
	t.Helper()
	var hosts []string
	var all *url.URL
	for _, s := range servers {
		u, err := url.Parse(s.URL(database))
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, u.Query().Get("host"))
		all = u
	}
	all.RawQuery = url.Values{"host": {strings.Join(hosts, ",")}, "target_session_attrs": {"read-write"}}.Encode()
	return all.String()
}
