package faults

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Postgres is a proxy of a PostgreSQL server for ingest and the aggregate, with faults. It
// tells the stages by the names of their sessions.
type Postgres struct {
	In     *Injector
	Server PostgresServer
	// Skew is added to the ingest time of the rows of each COPY, as an error of the clock of
	// ingest's machine would be. Nil adds nothing.
	Skew func() time.Duration
	// Rewrite changes a statement of a pass, or leaves it; may be nil. If it fails, so does
	// the session, and Err returns the error.
	Rewrite func(sql string) (string, error)
	// Forgetful keeps the progress of a pass whose commit suffers a fault, and loses the rest.
	Forgetful bool
	// Statement is called with the statements of passes, the first of which is number 1; may
	// be nil.
	Statement func(number int, sql string)

	mu        sync.Mutex
	err       error
	rewritten bool
	open      map[net.Conn]bool
	closed    bool
}

// PostgresServer is the server behind the proxy, and what may happen to it.
type PostgresServer interface {
	Dial(ctx context.Context) (net.Conn, error)
	// Terminate ends a session, and returns when it has ended.
	Terminate(ctx context.Context, pid uint32) error
	// Committing waits until a session waits in the middle of its commit, see slowCommit.
	Committing(ctx context.Context, pid uint32) error
	// Crash kills the server and starts it again.
	Crash(ctx context.Context) error
	// Keep runs statements in a transaction of their own.
	Keep(ctx context.Context, sql string) error
}

// slowCommit has a commit wait, when it is on disk and before anybody sees it, for a
// standby that isn't there: synchronous_standby_names names one, and synchronous_commit is
// local for all others.
const slowCommit = "SET LOCAL synchronous_commit = on"

// Serve serves sessions until the listener is closed.
func (p *Postgres) Serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if p.keep(conn) {
			go p.serve(conn)
		}
	}
}

// Close ends the sessions.
func (p *Postgres) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for conn := range p.open {
		_ = conn.Close() // it may be closed
	}
}

// keep has Close close a connection, and reports whether it is open.
func (p *Postgres) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = conn.Close()
		return false
	}
	if p.open == nil {
		p.open = map[net.Conn]bool{}
	}
	p.open[conn] = true
	return true
}

// Err returns the first error of Rewrite, a *RewriteError, or that nothing was rewritten.
func (p *Postgres) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil && p.Rewrite != nil && !p.rewritten {
		return &RewriteError{errors.New("a control has changed no statement of any pass: write the control anew")}
	}
	return p.err
}

// rewrite applies Rewrite.
func (p *Postgres) rewrite(sql string) (string, error) {
	if p.Rewrite == nil {
		return sql, nil
	}
	changed, err := p.Rewrite(sql)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		err = &RewriteError{err}
		if p.err == nil {
			p.err = err
		}
	}
	p.rewritten = p.rewritten || changed != sql
	return changed, err
}

// serve serves one connection to its end.
func (p *Postgres) serve(down net.Conn) {
	defer down.Close()
	client := pgproto3.NewBackend(down, down)
	for {
		first, err := client.ReceiveStartupMessage()
		if err != nil {
			return
		}
		switch m := first.(type) {
		case *pgproto3.StartupMessage:
			p.session(down, client, m)
			return
		case *pgproto3.CancelRequest:
			p.cancel(m)
			return
		default: // asks for encryption, which nobody needs here
			if _, err := down.Write([]byte{'N'}); err != nil {
				return
			}
		}
	}
}

// cancel passes on that a client doesn't wait for a statement any more.
func (p *Postgres) cancel(m *pgproto3.CancelRequest) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	up, err := p.Server.Dial(ctx)
	if err != nil {
		return // the server is down: there is nothing to cancel
	}
	defer up.Close()
	server := pgproto3.NewFrontend(up, up)
	server.Send(m)
	_ = server.Flush() // like any cancel, it may come to nothing
}

// stageOf is the stage that a session is of.
func stageOf(m *pgproto3.StartupMessage) string {
	return strings.TrimPrefix(m.Parameters["application_name"], "tallystream ")
}
