package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"
	"github.com/googleapis/gax-go/v2"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
)

// An Appender appends rows to the raw tables through the default streams of the Storage
// Write API, which take rows from any number of writers. All tables share a connection,
// which stays open. BigQuery answers the requests of a connection in their order: one that
// takes long holds up those behind it. So an Append that finds every connection in use
// opens another, up to mostSessions.
//
// Delivery is at least once. A broken connection is opened again. If that fails, Append
// returns an error, and the next Append tries again.
type Appender struct {
	project string
	open    func(context.Context) (*managedwriter.Client, error)

	// Prefix is that of the datasets' names, see Client. It may be empty.
	Prefix string

	// Added may be nil. It is called with the added columns of a table (see layout) when
	// a stream is opened and when the columns change.
	Added func(table string, columns []string)

	// life is the context of clients and streams. It ends with Close.
	life context.Context
	end  context.CancelFunc

	mu       sync.Mutex
	sessions []*session // opened when needed; one that fails goes
}

// mostSessions is how many connections an Appender has at most: as many as an instance of
// ingest handles messages by default. Each takes some megabytes. BigQuery takes 1,000 of a
// project in a region (https://cloud.google.com/bigquery/quotas#write-api-limits).
const mostSessions = 8

// NewAppender returns an Appender to the tables of a project. It calls open for a client
// (see endpoint.Cloud.NewBigQueryWrite) at the first Append, and after a client has
// failed.
func NewAppender(project string, open func(context.Context) (*managedwriter.Client, error)) *Appender {
	life, end := context.WithCancel(context.Background())
	return &Appender{project: project, open: open, life: life, end: end}
}

// parent is the name of a table to the Storage Write API.
func (a *Appender) parent(t Table) string {
	return managedwriter.TableParentFromParts(a.project, a.Prefix+t.Dataset, t.Name)
}

// Close closes the connections. Appends under way fail.
func (a *Appender) Close() error {
	a.end()
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, s := range a.sessions {
		errs = append(errs, s.close())
	}
	a.sessions = nil
	return errors.Join(errs...)
}

// Append appends all rows, to all tables at the same time. It returns nil once all are
// acknowledged. After an error some rows may have been appended.
//
// The error wraps ErrTableMissing or ErrColumnMissing, or is a *RefusedError. Any other
// error means that the account may not append, or that the warehouse couldn't be reached
// before ctx ended or the tries were used up.
func (a *Appender) Append(ctx context.Context, rows *Rows) error {
	s, err := a.take()
	if err != nil {
		return err
	}
	defer a.give(s)
	g, ctx := errgroup.WithContext(ctx)
	at := rows.IngestedAt
	appendRows(ctx, g, a, s, rawVotes, rows.Votes, func(t *rawTable, l *layout, b []byte, r *VoteRow) []byte {
		return l.appendAdded(t.encoder.appendVote(b, r, at), r.Record)
	})
	appendRows(ctx, g, a, s, rawVoters, rows.Voters, func(t *rawTable, l *layout, b []byte, r *VoterRow) []byte {
		return l.appendAdded(t.encoder.appendVoter(b, r, at), r.Record)
	})
	appendRows(ctx, g, a, s, rawRejects, rows.Rejects, func(t *rawTable, _ *layout, b []byte, r *RejectRow) []byte {
		return t.encoder.appendReject(b, r, at)
	})
	appendRows(ctx, g, a, s, rawLogEnds, rows.LogEnds, func(t *rawTable, _ *layout, b []byte, r *LogEndRow) []byte {
		return t.encoder.appendLogEnd(b, r, at)
	})
	return g.Wait()
}

// appendRows starts a goroutine of g that appends the rows of one table, in a session first.
// encode writes a row to the end of b, in the columns of a layout.
func appendRows[R any](ctx context.Context, g *errgroup.Group, a *Appender, s *session, table func() *rawTable, rows []R,
	encode func(t *rawTable, l *layout, b []byte, r *R) []byte) {
	if len(rows) == 0 {
		return
	}
	g.Go(func() error {
		t := table()
		return a.appendTable(ctx, s, t, func(l *layout) [][][]byte {
			return pack(rows, func(b []byte, r *R) []byte { return encode(t, l, b, r) })
		})
	})
}

// appendTries is how often an append is tried. With the pauses between the tries that
// takes about six seconds.
const appendTries = 10

// appendBackoff returns the pauses between tries. A pause is random, from zero to a
// length that doubles with each try.
func appendBackoff() gax.Backoff {
	return gax.Backoff{Initial: 100 * time.Millisecond, Max: 2 * time.Second, Multiplier: 2}
}

// appendTable appends rows to one table, in a session first, and in others where that
// fails. pack encodes them once, by the layout of the stream that is open then. Later
// streams can read these rows too, and rows that were acknowledged aren't sent again. If
// BigQuery describes an added column that it doesn't take yet, the rows are encoded again
// without added columns.
func (a *Appender) appendTable(ctx context.Context, s *session, t *rawTable, pack func(*layout) [][][]byte) error {
	var requests [][][]byte
	pause := appendBackoff()
	for try := 1; ; try++ {
		if s == nil {
			var err error
			if s, err = a.take(); err != nil {
				return err
			}
			defer a.give(s)
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
				a.withhold(t)
				requests = nil
				continue
			}
		}
		var refused *RefusedError
		missing := errors.Is(err, ErrColumnMissing)
		final := errors.As(err, &refused) || errors.Is(err, ErrTableMissing) || missing || code(err) == codes.PermissionDenied
		if refused == nil && !errors.Is(err, context.Canceled) && (opened || !missing) {
			// The client can't be used any more. One that failed to reconnect never
			// reconnects. One that doesn't answer in time may wait for a dead connection.
			// One that wrote columns which BigQuery doesn't know must read the schema again.
			a.discard(s)
		}
		if final || try >= appendTries || ctx.Err() != nil {
			return fmt.Errorf("append to %s in project %s: %w", t.id, a.project, err)
		}
		if ended := gax.Sleep(ctx, pause.Pause()); ended != nil {
			return fmt.Errorf("append to %s in project %s: %w (after %w)", t.id, a.project, ended, err)
		}
		s = nil
	}
}

// take returns the session that fewest use, for give to give back. It opens one where all
// are in use and there may be more.
func (a *Appender) take() (*session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.life.Err(); err != nil {
		return nil, errors.New("the appender is closed")
	}
	var least *session
	for _, s := range a.sessions {
		if least == nil || s.using < least.using {
			least = s
		}
	}
	if least == nil || least.using > 0 && len(a.sessions) < mostSessions {
		client, err := a.open(a.life)
		if err != nil {
			return nil, err
		}
		least = newSession(a, client)
		a.sessions = append(a.sessions, least)
	}
	least.using++
	return least, nil
}

func (a *Appender) give(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.using--
}

// withhold makes later appends to a table leave out its added columns for withholdFor.
func (a *Appender) withhold(t *rawTable) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		s.withhold(t)
	}
}

// adopt makes later appends to a table use a new layout, whichever session BigQuery has told
// of it: of a record that is appended again, the copy that is ingested last has all columns.
func (a *Appender) adopt(t *rawTable, l *layout) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		s.change(t, l)
	}
}

// discard closes a session that failed, unless another append has done so already.
func (a *Appender) discard(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := slices.Index(a.sessions, s); i >= 0 {
		a.sessions = slices.Delete(a.sessions, i, i+1)
		_ = s.close() // it is broken already
	}
}
