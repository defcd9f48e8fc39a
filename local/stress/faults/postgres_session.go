package faults

import (
	"context"
	"errors"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// session is a session of a stage.
type session struct {
	*Postgres
	stage  string
	down   net.Conn
	up     net.Conn
	client *pgproto3.Backend  // reads what the client sends
	server *pgproto3.Frontend // reads what the server answers

	prepared map[string]string // SQL by the name of the statement
	inPass   int               // statements of the pass under way so far; 0 is none

	mu      sync.Mutex
	pid     uint32
	asked   int           // ready answers that are expected
	ready   int           // that have come
	muted   bool          // answers aren't passed on
	skipped int           // answers to a Parse that aren't
	rows    []string      // first columns of what came while muted
	more    chan struct{} // closed at the next change
	ended   bool          // by the server
}

var errFault = errors.New("ended by a fault")

// session serves a session to its end.
func (p *Postgres) session(down net.Conn, client *pgproto3.Backend, m *pgproto3.StartupMessage) {
	s := &session{Postgres: p, stage: stageOf(m), down: down, client: client, prepared: map[string]string{}}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	fault := p.In.next(s.connectOp())
	if s.refuse(fault) {
		return
	}
	var err error
	if s.up, err = p.Server.Dial(ctx); err != nil {
		return
	}
	if !p.keep(s.up) {
		return
	}
	defer s.up.Close()
	s.server = pgproto3.NewFrontend(s.up, s.up)
	s.server.Send(m)
	s.asked = 1
	s.muted = fault == AnswerLost || fault == KillAfter
	if s.server.Flush() != nil {
		return
	}
	go s.answers()
	if s.muted {
		s.settle(ctx)
		if fault == KillAfter {
			p.In.kill(s.connectOp())
		}
		return
	}
	_ = s.requests() // the client sees the end of the session
}

func (s *session) connectOp() Op {
	if s.stage == "ingest" {
		return IngestConnect
	}
	return AggregateConnect
}

// refuse applies the faults of a session that isn't opened, and reports whether it had one.
func (s *session) refuse(fault Fault) bool {
	switch fault {
	case KillBefore:
		s.In.kill(s.connectOp())
	case Denied:
		s.client.Send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: "53300", Message: "sorry, too many clients already, by a fault"})
		_ = s.client.Flush() // the client may have gone
	case Refused:
	default:
		return false
	}
	return true
}

// change changes what the two directions share, and wakes those that wait.
func (s *session) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	if s.more != nil {
		close(s.more)
		s.more = nil
	}
}

// settle waits until the server has answered everything, or has ended the session.
func (s *session) settle(ctx context.Context) {
	for {
		s.mu.Lock()
		if s.ready >= s.asked || s.ended {
			s.mu.Unlock()
			return
		}
		if s.more == nil {
			s.more = make(chan struct{})
		}
		more := s.more
		s.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// answers passes answers on, until the server ends the session. The client sees that.
func (s *session) answers() {
	defer s.down.Close()
	for {
		m, err := s.server.Receive()
		if err != nil {
			s.change(func() { s.ended = true })
			return
		}
		pass := true
		s.change(func() {
			switch m := m.(type) {
			case *pgproto3.BackendKeyData:
				s.pid = m.ProcessID
			case *pgproto3.ReadyForQuery:
				s.ready++
			case *pgproto3.ParseComplete:
				if s.skipped == 1 {
					pass = false
				}
				s.skipped = max(0, s.skipped-1)
			case *pgproto3.DataRow:
				if s.muted && len(m.Values) > 0 {
					s.rows = append(s.rows, string(m.Values[0]))
				}
			}
			pass = pass && !s.muted
		})
		if !pass {
			continue
		}
		s.client.Send(m)
		if s.client.Flush() != nil {
			return // requests sees it too
		}
	}
}

// send passes a request on.
func (s *session) send(m pgproto3.FrontendMessage) error {
	switch m.(type) {
	case *pgproto3.Query, *pgproto3.Sync:
		s.change(func() { s.asked++ })
	}
	s.server.Send(m)
	return s.server.Flush()
}

// mute keeps all further answers from the client.
func (s *session) mute() { s.change(func() { s.muted = true }) }

// ask runs a statement in the session, which is muted, and returns the first column.
func (s *session) ask(ctx context.Context, sql string) ([]string, error) {
	s.settle(ctx)
	s.change(func() { s.rows = nil })
	if err := s.send(&pgproto3.Query{String: sql}); err != nil {
		return nil, err
	}
	s.settle(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows, nil
}

// requests passes requests on until the client or a fault ends the session.
func (s *session) requests() error {
	for {
		m, err := s.client.Receive()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *pgproto3.Parse:
			err = s.parse(m)
		case *pgproto3.Bind:
			err = s.statement(s.prepared[m.PreparedStatement], m)
		case *pgproto3.Query:
			err = s.query(m)
		default:
			err = s.send(m)
		}
		if err != nil {
			return err
		}
	}
}

// parse prepares a statement.
func (s *session) parse(m *pgproto3.Parse) error {
	s.prepared[m.Name] = m.Query
	sql, err := s.rewrite(m.Query)
	if err != nil {
		return err
	}
	return s.send(&pgproto3.Parse{Name: m.Name, Query: sql, ParameterOIDs: m.ParameterOIDs})
}

// query runs what has no parameters.
func (s *session) query(m *pgproto3.Query) error {
	sql := m.String
	switch {
	case strings.Contains(sql, "LOCK TABLE core.pass_lock"):
		s.inPass = 1
	case endsTransaction.MatchString(sql) && rollback.MatchString(sql):
		s.inPass = 0
		return s.send(m)
	}
	err := s.statement(sql, &pgproto3.Query{String: sql})
	if endsTransaction.MatchString(sql) {
		s.inPass = 0
	}
	return err
}

var (
	endsTransaction = regexp.MustCompile(`(?i)\b(commit|rollback)$`)
	rollback        = regexp.MustCompile(`(?i)\brollback$`)
)

// op is the kind of step that a statement is.
func (s *session) op(sql string) Op {
	commits := endsTransaction.MatchString(sql)
	switch {
	case s.stage == "ingest" && strings.HasPrefix(sql, "COPY "):
		return Copy
	case s.stage == "ingest" && commits:
		return IngestCommit
	case s.stage == "ingest":
		return IngestStatement
	case s.inPass > 0 && commits:
		return PassCommit
	case s.inPass > 0:
		return PassStatement
	}
	return Look
}

// late waits until the client has gone, or for Hold.
func (s *session) late() {
	defer s.In.defers()()
	_ = s.down.SetReadDeadline(time.Now().Add(s.In.Hold)) // of a connection that is open
	for {
		m, err := s.client.Receive()
		if err != nil {
			return
		}
		if _, gone := m.(*pgproto3.Terminate); gone {
			return // it waits for the server to close the connection
		}
	}
}
