package warehouse

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
)

// Appender appends rows to the raw tables through the Storage Write API: its
// default streams, which take rows from any number of writers, over one
// connection that all tables share and that stays open.
//
// Delivery is at least once. A connection that breaks is opened anew; one that
// can't be is an error to the caller, and the next Append tries again.
type Appender struct {
	project string
	open    func(context.Context) (*managedwriter.Client, error)

	// life ends with Close. Clients and streams keep it.
	life context.Context
	end  context.CancelFunc

	mu      sync.Mutex
	session *session // nil until needed, and after a failure
}

// NewAppender returns an Appender to the tables of a project. It calls open
// for a client (see endpoint.Cloud.NewBigQueryWrite) when it first needs one,
// and again where one can't be used any more. Nothing is dialled yet.
func NewAppender(project string, open func(context.Context) (*managedwriter.Client, error)) *Appender {
	life, end := context.WithCancel(context.Background())
	return &Appender{project: project, open: open, life: life, end: end}
}

// Close closes the connection. What Append waits for fails.
func (a *Appender) Close() error {
	a.end()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session == nil {
		return nil
	}
	s := a.session
	a.session = nil
	return s.close()
}

// Append appends all rows, every table at the same time, and returns nil once
// all are acknowledged. After an error some may have been appended.
//
// The error wraps ErrTableMissing, is a *RefusedError, or means that the
// warehouse couldn't be reached in ctx's time.
func (a *Appender) Append(ctx context.Context, rows *Rows) error {
	g, ctx := errgroup.WithContext(ctx)
	if len(rows.Votes) > 0 {
		g.Go(func() error {
			t := rawVotes()
			return a.appendTable(ctx, t, pack(rows.Votes, rows.IngestedAt, t.encoder.appendVote))
		})
	}
	if len(rows.Voters) > 0 {
		g.Go(func() error {
			t := rawVoters()
			return a.appendTable(ctx, t, pack(rows.Voters, rows.IngestedAt, t.encoder.appendVoter))
		})
	}
	if len(rows.Rejects) > 0 {
		g.Go(func() error {
			t := rawRejects()
			return a.appendTable(ctx, t, pack(rows.Rejects, rows.IngestedAt, t.encoder.appendReject))
		})
	}
	return g.Wait()
}

// Tries at one append.
const (
	appendTries    = 10
	appendPause    = 50 * time.Millisecond // before the second; doubles
	appendMaxPause = time.Second
)

// appendTable appends the requests to one table; what was acknowledged isn't
// sent again.
func (a *Appender) appendTable(ctx context.Context, t *rawTable, requests [][][]byte) error {
	for try := 1; ; try++ {
		s, err := a.current()
		if err != nil {
			return err
		}
		requests, err = s.send(ctx, t, requests)
		if err == nil {
			return nil
		}
		var refused *RefusedError
		final := errors.As(err, &refused) || errors.Is(err, ErrTableMissing) || code(err) == codes.PermissionDenied
		if refused == nil && !errors.Is(err, context.Canceled) {
			// A client that failed to reconnect never does again, and one that
			// doesn't answer in time may be waiting on a dead connection.
			a.discard(s)
		}
		if final || try == appendTries || ctx.Err() != nil {
			return fmt.Errorf("append to %s in project %s: %w", t.id, a.project, err)
		}
		select {
		case <-time.After(min(appendPause<<(try-1), appendMaxPause)):
		case <-ctx.Done():
			return fmt.Errorf("append to %s in project %s: %w (after %w)", t.id, a.project, ctx.Err(), err)
		}
	}
}

// current returns the session in use, or a new one.
func (a *Appender) current() (*session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.life.Err(); err != nil {
		return nil, errors.New("the appender is closed")
	}
	if a.session == nil {
		client, err := a.open(a.life)
		if err != nil {
			return nil, err
		}
		a.session = newSession(a.life, a.project, client)
	}
	return a.session, nil
}

// discard closes a session that failed, unless another append did already.
func (a *Appender) discard(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session != s {
		return
	}
	a.session = nil
	_ = s.close() // it is broken already
}
