package faults

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// statement applies the fault of one statement, which a Query or a Bind runs.
func (s *session) statement(sql string, m pgproto3.FrontendMessage) error {
	op := s.op(sql)
	if op == PassStatement {
		if s.Statement != nil {
			s.Statement(s.inPass, sql)
		}
		s.inPass++
	}
	fault := s.In.next(op)
	if fault == None {
		return s.forward(op, m)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s.Forgetful && op == PassCommit {
		return s.forget(ctx)
	}
	switch fault {
	case Refused:
		return errFault
	case KillBefore:
		s.In.kill(op)
		return errFault
	case Denied:
		return s.deny(m)
	case Vanished:
		return s.vanish()
	case Terminated, Crashed:
		return s.strike(ctx, op, fault, m)
	case Late:
		s.late()
	}
	s.mute()
	if err := s.run(ctx, op, m); err != nil {
		return err
	}
	if fault == KillAfter {
		s.In.kill(op)
	}
	return errFault
}

// forward passes a statement on.
func (s *session) forward(op Op, m pgproto3.FrontendMessage) error {
	if err := s.send(m); err != nil || op != Copy {
		return err
	}
	return s.copy(m.(*pgproto3.Query).String)
}

// run passes a statement on and waits until the server has answered it. Of what the client
// sends behind it, as much is passed on as the statement needs.
func (s *session) run(ctx context.Context, op Op, m pgproto3.FrontendMessage) error {
	if err := s.forward(op, m); err != nil {
		return err
	}
	if _, prepared := m.(*pgproto3.Bind); prepared {
		for _, m := range []pgproto3.FrontendMessage{&pgproto3.Execute{}, &pgproto3.Sync{}} {
			if err := s.send(m); err != nil {
				return err
			}
		}
	}
	s.settle(ctx)
	return nil
}

// copy passes on the rows of a COPY.
func (s *session) copy(sql string) error {
	var rows []byte
	for {
		m, err := s.client.Receive()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *pgproto3.CopyData:
			rows = append(rows, m.Data...)
			continue
		case *pgproto3.CopyDone:
			if s.Skew != nil {
				if err := shiftCopy(sql, rows, s.Skew()); err != nil {
					return err
				}
			}
			if err := s.send(&pgproto3.CopyData{Data: rows}); err != nil {
				return err
			}
		}
		return s.send(m)
	}
}

// denial is an error that the server itself raises in place of a statement.
const denial = "DO $$BEGIN RAISE EXCEPTION 'denied by a fault' USING ERRCODE = 'insufficient_privilege'; END$$"

// deny runs a statement that fails in place of one.
func (s *session) deny(m pgproto3.FrontendMessage) error {
	b, prepared := m.(*pgproto3.Bind)
	if !prepared {
		return s.send(&pgproto3.Query{String: denial})
	}
	// The client has sent nothing but statements that it knows to be prepared.
	s.change(func() { s.skipped = 1 }) // the answer to the next Parse is for nobody
	if err := s.send(&pgproto3.Parse{Query: denial}); err != nil {
		return err
	}
	return s.send(&pgproto3.Bind{DestinationPortal: b.DestinationPortal})
}

// vanish leaves the session to the server, which doesn't learn that its client has gone. It
// returns when the server has ended it.
func (s *session) vanish() error {
	defer s.In.defers()()
	s.mute()
	_ = s.down.Close() // the client sees it
	ctx, cancel := context.WithTimeout(context.Background(), vanishedFor)
	defer cancel()
	s.change(func() { s.asked++ }) // an answer that doesn't come
	s.settle(ctx)
	return errFault
}

// vanishedFor is how long a server may keep a session whose client is gone.
const vanishedFor = 5 * time.Minute

// strike ends a session, or the server: a commit in the middle, anything else before.
func (s *session) strike(ctx context.Context, op Op, fault Fault, m pgproto3.FrontendMessage) error {
	s.mu.Lock()
	pid := s.pid
	s.mu.Unlock()
	if op == PassCommit || op == IngestCommit {
		s.mute()
		if _, err := s.ask(ctx, slowCommit); err != nil {
			return err
		}
		if err := s.send(m); err != nil {
			return err
		}
		if err := s.Server.Committing(ctx, pid); err != nil {
			return fmt.Errorf("a session in the middle of its commit: %w", err)
		}
	}
	if fault == Crashed {
		defer s.In.defers()() // until it serves again
		return s.Server.Crash(ctx)
	}
	if err := s.Server.Terminate(ctx, pid); err != nil {
		return err
	}
	s.settle(ctx)
	return errFault
}

// forget keeps the progress of a pass, and nothing else that it did.
func (s *session) forget(ctx context.Context) error {
	s.mute()
	rows, err := s.ask(ctx, "SELECT json_agg(p) FROM core.progress AS p")
	if err != nil || len(rows) == 0 {
		return errFault
	}
	if _, err := s.ask(ctx, "ROLLBACK"); err != nil {
		return err
	}
	text := strings.ReplaceAll(rows[0], "'", "''")
	if err := s.Server.Keep(ctx, "DELETE FROM core.progress; INSERT INTO core.progress SELECT * FROM json_populate_recordset(NULL::core.progress, '"+text+"')"); err != nil {
		return err
	}
	return errFault
}
