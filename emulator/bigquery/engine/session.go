package engine

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// session is a run that outlives its queries, which take turns.
type session struct {
	mu  sync.Mutex
	run *run
}

// sessionRun finds or creates the session of a query.
func (e *Engine) sessionRun(ctx context.Context, q *Query, params *parameters) (*run, func(), error) {
	if q.SessionID == "" {
		r, err := e.openRun(context.WithoutCancel(ctx), q, params)
		if err != nil {
			return nil, nil, err
		}
		q.SessionID = uuid.NewString()
		s := &session{run: r}
		r.session = q.SessionID
		e.sessions.Store(q.SessionID, s)
		s.mu.Lock()
		return r, s.mu.Unlock, nil
	}
	found, ok := e.sessions.Load(q.SessionID)
	if !ok {
		return nil, nil, bqerror.Invalid("Invalid input session id.")
	}
	s := found.(*session)
	s.mu.Lock()
	r := s.run
	temps := r.names.temps
	r.query, r.params, r.names, r.caller = q, params, e.namesOf(q), callerOf(ctx)
	r.names.temps, r.names.caller = temps, r.caller
	return r, s.mu.Unlock, nil
}

// closeSessions ends all sessions.
func (e *Engine) closeSessions() {
	e.sessions.Range(func(id, found any) bool {
		s := found.(*session)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.run.close()
		e.sessions.Delete(id)
		return true
	})
}
