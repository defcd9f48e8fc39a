package warehouse

import (
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

// openTimeout bounds the opening of a table's stream, two unary calls.
const openTimeout = 15 * time.Second

// session is a client and the streams opened on it.
type session struct {
	life    context.Context // of its streams; ends with close
	end     context.CancelFunc
	project string
	client  *managedwriter.Client
	added   func(table string, columns []string) // may be nil

	mu      sync.Mutex
	streams map[string]*stream // by table id
	retired []*stream          // of tables whose columns have changed; appends may wait on them
}

// stream is the default stream of a table as it is written by one layout; the
// first append opens it.
type stream struct {
	mu      sync.Mutex
	layout  *layout                      // nil until known
	until   time.Time                    // when columns that are withheld are tried again; zero for none
	managed *managedwriter.ManagedStream // nil until opened
}

func newSession(life context.Context, project string, client *managedwriter.Client, added func(string, []string)) *session {
	life, end := context.WithCancel(life)
	return &session{life: life, end: end, project: project, client: client, added: added, streams: map[string]*stream{}}
}

// close closes the client. Appends under way on other goroutines fail, and
// begin again on the next session.
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

// send sends the requests back to back, waits for all of them, and returns
// those that weren't acknowledged with the first one's error.
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

// acknowledgement waits for the answer to one request. BigQuery says there, some
// time after it, that the table's schema has changed.
func (s *session) acknowledgement(ctx context.Context, t *rawTable, st *stream, result *managedwriter.AppendResult) error {
	response, err := result.FullResponse(ctx)
	if schema := response.GetUpdatedSchema(); schema != nil {
		if l, err := t.layout(schema); err != nil || !l.equal(st.layout) {
			s.retire(t, st, &stream{layout: l}) // without a layout, the next append asks, and tells what is wrong
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

// retire has later appends to a table open another stream, by its layout where
// that is known. What waits on the old one is answered there.
func (s *session) retire(t *rawTable, st, next *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[t.id] == st {
		s.streams[t.id] = next
		s.retired = append(s.retired, st)
	}
}

// withholdFor is how long added columns are left out that appends may not have
// yet: BigQuery's documentation says that it is some minutes.
const withholdFor = 2 * time.Minute

// withhold has later appends to a table leave out its added columns for a while.
func (s *session) withhold(t *rawTable, st *stream) {
	s.retire(t, st, &stream{layout: &layout{descriptor: t.descriptor}, until: time.Now().Add(withholdFor)})
}

// stream returns the table's stream, open.
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
	// The stream keeps the context that it is opened with, so the time-out and
	// the caller's end may only cancel it until it is open.
	life, cancel := context.WithCancel(s.life)
	timer := time.AfterFunc(openTimeout, cancel)
	stop := context.AfterFunc(ctx, cancel)
	managed, err := s.open(life, t, st)
	if err == nil && timer.Stop() && stop() {
		st.managed = managed
		if names := st.layout.names(); s.added != nil && names != nil {
			s.added(t.id, names)
		}
		return st, nil
	}
	cancel()
	if err == nil {
		err = context.Cause(life)
	}
	return nil, classify(t.id, fmt.Errorf("open the stream: %w", err))
}

// open opens a table's stream by the columns that the table has.
func (s *session) open(ctx context.Context, t *rawTable, st *stream) (*managedwriter.ManagedStream, error) {
	table := TableNamed(t.id)
	parent := managedwriter.TableParentFromParts(s.project, table.Dataset, table.Name)
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
	// Its own retries stay off: one that meets a client that was closed meanwhile
	// panics (cloud.google.com/go/bigquery v1.86.2 marks the append done twice).
	return s.client.NewManagedStream(ctx,
		managedwriter.WithDestinationTable(parent),
		managedwriter.WithType(managedwriter.DefaultStream),
		managedwriter.WithSchemaDescriptor(st.layout.descriptor),
		managedwriter.WithTraceID("tallystream"))
}
