package warehouse

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"
	"github.com/googleapis/gax-go/v2"
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

	// Added, where it is set, is told the columns of a table that are filled from
	// fields of the records: when a stream is opened, and when they change.
	Added func(table string, columns []string)

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
// The error wraps ErrTableMissing or ErrColumnMissing, is a *RefusedError, or
// means that the warehouse couldn't be reached in ctx's time.
func (a *Appender) Append(ctx context.Context, rows *Rows) error {
	g, ctx := errgroup.WithContext(ctx)
	at := rows.IngestedAt
	appendRows(ctx, g, a, rawVotes, rows.Votes, func(t *rawTable, l *layout, b []byte, r *VoteRow) []byte {
		return l.appendAdded(t.encoder.appendVote(b, r, at), r.Record)
	})
	appendRows(ctx, g, a, rawVoters, rows.Voters, func(t *rawTable, l *layout, b []byte, r *VoterRow) []byte {
		return l.appendAdded(t.encoder.appendVoter(b, r, at), r.Record)
	})
	appendRows(ctx, g, a, rawRejects, rows.Rejects, func(t *rawTable, _ *layout, b []byte, r *RejectRow) []byte {
		return t.encoder.appendReject(b, r, at)
	})
	appendRows(ctx, g, a, rawLogEnds, rows.LogEnds, func(t *rawTable, _ *layout, b []byte, r *LogEndRow) []byte {
		return t.encoder.appendLogEnd(b, r, at)
	})
	return g.Wait()
}

// appendRows appends the rows of one table in g, if there are any. encode appends a row
// to b as the table's layout has it.
func appendRows[R any](ctx context.Context, g *errgroup.Group, a *Appender, table func() *rawTable, rows []R,
	encode func(t *rawTable, l *layout, b []byte, r *R) []byte) {
	if len(rows) == 0 {
		return
	}
	g.Go(func() error {
		t := table()
		return a.appendTable(ctx, t, func(l *layout) [][][]byte {
			return pack(rows, func(b []byte, r *R) []byte { return encode(t, l, b, r) })
		})
	})
}

// appendTries is how often an append is tried: with the pauses between, that is
// about six seconds.
const appendTries = 10

// appendBackoff gives the pauses between tries: each is drawn at random from up to
// a length that doubles.
func appendBackoff() gax.Backoff {
	return gax.Backoff{Initial: 100 * time.Millisecond, Max: 2 * time.Second, Multiplier: 2}
}

// appendTable appends rows to one table. They are packed once, by the layout of
// the stream that is open then, which every later stream can read; what was
// acknowledged isn't sent again. Only where BigQuery describes added columns that
// it doesn't take yet, all begins anew without them.
func (a *Appender) appendTable(ctx context.Context, t *rawTable, pack func(*layout) [][][]byte) error {
	var requests [][][]byte
	pause := appendBackoff()
	for try := 1; ; try++ {
		s, err := a.current()
		if err != nil {
			return err
		}
		st, err := s.stream(ctx, t)
		opened := err == nil
		if opened {
			if requests == nil {
				requests = pack(st.layout)
			}
			if requests, err = s.send(ctx, t, st, requests); err == nil {
				return nil
			}
			if errors.Is(err, ErrColumnMissing) && st.layout.added != nil {
				s.withhold(t, st)
				requests = nil
				continue
			}
		}
		var refused *RefusedError
		missing := errors.Is(err, ErrColumnMissing)
		final := errors.As(err, &refused) || errors.Is(err, ErrTableMissing) || missing || code(err) == codes.PermissionDenied
		if refused == nil && !errors.Is(err, context.Canceled) && (opened || !missing) {
			// A client that failed to reconnect never does again, one that doesn't
			// answer in time may be waiting on a dead connection, and one whose columns
			// BigQuery doesn't know has to begin again.
			a.discard(s)
		}
		if final || try >= appendTries || ctx.Err() != nil {
			return fmt.Errorf("append to %s in project %s: %w", t.id, a.project, err)
		}
		if ended := gax.Sleep(ctx, pause.Pause()); ended != nil {
			return fmt.Errorf("append to %s in project %s: %w (after %w)", t.id, a.project, ended, err)
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
		a.session = newSession(a.life, a.project, client, a.Added)
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
