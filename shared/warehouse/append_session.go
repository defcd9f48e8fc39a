package warehouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter"
)

// openTimeout bounds the opening of a table's stream, which takes two unary calls.
const openTimeout = 15 * time.Second

// session is a client, which has one connection, and the streams opened on it.
type session struct {
	using int // appends that use it; the Appender's

	life   context.Context // of its streams; ends with close
	end    context.CancelFunc
	parent func(Table) string // name of a table
	client *managedwriter.Client
	added  func(table string, columns []string) // may be nil
	adopt  func(*rawTable, *layout)             // tells every session of a new layout

	mu      sync.Mutex
	streams map[string]*stream // by table id
	retired []*stream          // replaced by others; appends may still wait on them
}

// stream is the default stream of a table, written by one layout. The first append opens
// it.
type stream struct {
	mu      sync.Mutex
	layout  *layout                      // nil until known
	until   time.Time                    // when to try added columns again that are left out; zero if none are
	managed *managedwriter.ManagedStream // nil until opened
}

func newSession(a *Appender, client *managedwriter.Client) *session {
	life, end := context.WithCancel(a.life)
	return &session{life: life, end: end, parent: a.parent, client: client, added: a.Added, adopt: a.adopt, streams: map[string]*stream{}}
}

// close closes the client. Appends under way on other goroutines fail. They try again on
// the next session.
func (s *session) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, st := range slices.AppendSeq(s.retired, maps.Values(s.streams)) {
		// An open in progress ends by itself, on a closed client.
		if st.mu.TryLock() {
			if st.managed != nil {
				if err := st.managed.Close(); err != nil && !errors.Is(err, io.EOF) { // EOF is its "closed"
					errs = append(errs, err)
				}
			}
			st.mu.Unlock()
		}
	}
	errs = append(errs, s.client.Close())
	s.end()
	return errors.Join(errs...)
}

// send sends all requests without waiting in between, then waits for their answers. It
// returns the requests that weren't acknowledged, and the error of the first of them.
func (s *session) send(ctx context.Context, t *rawTable, st *stream, requests [][][]byte) ([][][]byte, error) {
	results := make([]*managedwriter.AppendResult, len(requests))
	sendErrs := make([]error, len(requests))
	for i, rows := range requests {
		results[i], sendErrs[i] = st.managed.AppendRows(ctx, rows)
	}
	var left [][][]byte
	var first error
	for i, result := range results {
		err := sendErrs[i]
		if err != nil {
			err = classify(t.id, err)
		} else {
			err = s.acknowledgement(ctx, t, st, result)
		}
		if err != nil {
			left = append(left, requests[i])
			if first == nil {
				first = err
			}
		}
	}
	return left, first
}

// acknowledgement waits for the answer to one request. Some time after the table's
// schema has changed, an answer says so; later appends then use another stream.
func (s *session) acknowledgement(ctx context.Context, t *rawTable, st *stream, result *managedwriter.AppendResult) error {
	response, err := result.FullResponse(ctx)
	if schema := response.GetUpdatedSchema(); schema != nil {
		if l, err := t.layout(schema); err != nil || !l.equal(st.layout) {
			s.adopt(t, l) // if l is nil, the next append reads the schema, and reports what is wrong
		}
	}
	if rowErrors := response.GetRowErrors(); len(rowErrors) > 0 {
		return &RefusedError{Table: t.id, Rows: len(rowErrors), First: rowErrors[0].GetMessage()}
	}
	if err != nil {
		return classify(t.id, err)
	}
	return nil
}

// change replaces a table's stream for later appends by one of another layout. Appends that
// wait on the old one get their answers there.
func (s *session) change(t *rawTable, l *layout) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.streams[t.id]; st != nil && !st.writes(l) {
		s.retired = append(s.retired, st)
		s.streams[t.id] = &stream{layout: l}
	}
}

// writes reports whether the stream is known to have a layout. Of one that is being opened
// it isn't known.
func (st *stream) writes(l *layout) bool {
	if l == nil || !st.mu.TryLock() {
		return false
	}
	defer st.mu.Unlock()
	return st.layout != nil && l.equal(st.layout)
}

// withholdFor is how long a table's added columns are left out after BigQuery refused
// one. BigQuery documents that appends may see a new column only after some minutes.
const withholdFor = 2 * time.Minute

// withhold makes later appends to a table leave out its added columns for withholdFor.
func (s *session) withhold(t *rawTable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.streams[t.id]; st != nil {
		if time.Now().Before(st.until) {
			return // another append has done so
		}
		s.retired = append(s.retired, st)
	}
	s.streams[t.id] = &stream{layout: &layout{descriptor: t.descriptor}, until: time.Now().Add(withholdFor)}
}

// stream returns the table's stream. It opens the stream if that isn't open.
func (s *session) stream(ctx context.Context, t *rawTable) (*stream, error) {
	s.mu.Lock()
	st := s.streams[t.id]
	if st != nil && !st.until.IsZero() && !time.Now().Before(st.until) {
		s.retired = append(s.retired, st)
		st = nil
	}
	if st == nil {
		st = &stream{}
		s.streams[t.id] = st
	}
	s.mu.Unlock()

	st.mu.Lock()
	defer st.mu.Unlock()
	if st.managed != nil {
		return st, nil
	}
	// The stream keeps the context that it is opened with. So the time-out and the end of
	// the caller's context must not cancel it once it is open.
	life, cancel := context.WithCancelCause(s.life)
	late := fmt.Errorf("it isn't open after %v: %w", openTimeout, context.DeadlineExceeded)
	timer := time.AfterFunc(openTimeout, func() { cancel(late) })
	stop := context.AfterFunc(ctx, func() { cancel(ctx.Err()) })
	managed, err := s.open(life, t, st)
	if err == nil && timer.Stop() && stop() {
		st.managed = managed
		if names := st.layout.names(); s.added != nil && names != nil {
			s.added(t.id, names)
		}
		return st, nil
	}
	// Of a context that has ended gRPC says only that it was canceled.
	cancel(cmp.Or(err, ctx.Err(), late))
	return nil, classify(t.id, fmt.Errorf("open the stream: %w", context.Cause(life)))
}

// open opens a table's stream. If its layout isn't known, it reads the table's schema
// first.
func (s *session) open(ctx context.Context, t *rawTable, st *stream) (*managedwriter.ManagedStream, error) {
	parent := s.parent(TableNamed(t.id))
	if st.layout == nil {
		described, err := s.client.GetWriteStream(ctx, &storagepb.GetWriteStreamRequest{
			Name: parent + "/streams/_default", View: storagepb.WriteStreamView_FULL,
		})
		if err != nil {
			return nil, err
		}
		if st.layout, err = t.layout(described.GetTableSchema()); err != nil {
			return nil, err
		}
	}
	// The library's retries stay off: a retry on a client that was closed meanwhile
	// panics (cloud.google.com/go/bigquery v1.86.2 marks the append done twice).
	return s.client.NewManagedStream(ctx,
		managedwriter.WithDestinationTable(parent),
		managedwriter.WithType(managedwriter.DefaultStream),
		managedwriter.WithSchemaDescriptor(st.layout.descriptor),
		managedwriter.WithTraceID("tallystream"))
}
