package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/process"
	"github.com/tallystream/tallystream/shared/postgres"
)

// superuser is the account in PostgreSQL of a server that Start makes. It needs no
// password: who may open the socket, or connect from this machine, may use the server.
const superuser = "tallystream"

// versionFile has the version of a server, in the folder of its data.
const versionFile = "PG_VERSION"

// Options say what server to start.
type Options struct {
	// Dir is the folder of its data. A missing or empty one is filled.
	Dir string
	// Address is host:port of this machine to listen at. Empty is a socket in a folder of
	// its own only.
	Address string
	// Settings are parameters of the server, as in postgresql.conf.
	Settings map[string]string
	// Log takes what the server writes. Nil is nowhere; the last of it is in errors.
	Log io.Writer
}

// Server is a running server.
type Server struct {
	options Options
	bin     string
	process *process.Process
	sockets string // folder of the socket
	output  *buffer.Buffer
}

const (
	startPatience = time.Minute      // a start after a crash reads the log of changes
	stopPatience  = 30 * time.Second // a stop writes what is in memory
)

// Start starts a server and returns once it takes connections.
func Start(ctx context.Context, o Options) (*Server, error) {
	major, err := dataVersion(o.Dir)
	if err != nil {
		return nil, err
	}
	found, err := find(ctx, major)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, bin: found.bin}
	if err := s.initialize(ctx); err != nil {
		return nil, err
	}
	// The path of a socket has at most about 100 bytes, which a folder of data may exceed.
	if s.sockets, err = os.MkdirTemp("", "tallystream-pg-"); err != nil {
		return nil, err
	}
	if err := ours(s.sockets); err != nil {
		return nil, err
	}
	if err := s.Resume(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.sockets))
	}
	return s, nil
}

// dataVersion returns the first number of the version whose data a folder has; 0 if it has
// none.
func dataVersion(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return postgres.ServerVersion(string(text))
}

// initialize makes the folder of the data, unless there is one.
func (s *Server) initialize(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(s.options.Dir, versionFile)); err == nil {
		return nil
	}
	if err := os.MkdirAll(s.options.Dir, 0o700); err != nil {
		return err
	}
	if err := ours(s.options.Dir); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"),
		"--pgdata="+s.options.Dir, "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = s.options.Dir
	asServer(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s: %w\n%s", s.options.Dir, err, out)
	}
	return nil
}

// Resume starts a server again that was stopped or killed.
func (s *Server) Resume(ctx context.Context) error {
	if err := ours(s.options.Dir); err != nil {
		return err
	}
	args := []string{filepath.Join(s.bin, "postgres"), "-D", s.options.Dir, "-k", s.sockets, "-c", "listen_addresses="}
	if s.options.Address != "" {
		host, port, err := net.SplitHostPort(s.options.Address)
		if err != nil {
			return err
		}
		args = append(args, "-h", host, "-p", port)
	}
	for name, value := range s.options.Settings {
		args = append(args, "-c", name+"="+value)
	}
	s.output = &buffer.Buffer{}
	output := io.Writer(s.output)
	if s.options.Log != nil {
		output = io.MultiWriter(s.output, s.options.Log)
	}
	var err error
	s.process, err = process.Start(process.Options{Args: args, Output: output, Pausable: true, Prepare: func(cmd *exec.Cmd) {
		cmd.Dir = s.options.Dir
		asServer(cmd)
	}})
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.await(ctx); err != nil {
		s.Kill()
		return fmt.Errorf("start PostgreSQL in %s: %w\n%s", s.options.Dir, err, s.output.String())
	}
	return nil
}

// await waits until the server takes connections.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.process.Ended():
			return errors.New("the server ended: " + s.process.End())
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// URL is that of a database of the server, for DATABASE_URL and psql.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	if s.options.Address != "" {
		u.Host = s.options.Address
	} else {
		u.RawQuery = url.Values{"host": {s.sockets}}.Encode()
	}
	return u.String()
}

// CreateDatabase creates a database as a copy of another one, unless it exists. An empty
// template is PostgreSQL's own.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil || exists {
		return err
	}
	statement := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize()
	if template != "" {
		statement += " TEMPLATE " + pgx.Identifier{template}.Sanitize()
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// CreateMigrated creates a database with all tables, for others to be copies of.
func (s *Server) CreateMigrated(ctx context.Context, name string) error {
	if err := s.CreateDatabase(ctx, name, ""); err != nil {
		return err
	}
	pool, err := postgres.Connect(s.URL(name), "local")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

// Ended is closed once the server has ended.
func (s *Server) Ended() <-chan struct{} { return s.process.Ended() }

// Kill ends the server at once, as a crash of the machine does. Its data stays.
func (s *Server) Kill() {
	select {
	case <-s.process.Ended():
	default:
		killTree(s.process.ID())
	}
	s.process.Kill()
}

// Close stops the server: connections are ended, and what is in memory is written.
func (s *Server) Close() error {
	_ = s.process.Signal(syscall.SIGINT) // it may have ended
	select {
	case <-s.process.Ended():
	case <-time.After(stopPatience):
		s.Kill()
	}
	s.process.Stop(0)
	return os.RemoveAll(s.sockets)
}
