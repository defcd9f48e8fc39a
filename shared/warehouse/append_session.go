package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"
)

// openTimeout bounds the opening of a table's stream, one unary call.
const openTimeout = 15 * time.Second

// session is a client and the streams opened on it.
type session struct {
	life    context.Context
	project string
	client  *managedwriter.Client

	mu      sync.Mutex
	streams map[string]*stream // by table id
}

// stream is the default stream of a table; the first append opens it.
type stream struct {
	mu      sync.Mutex
	managed *managedwriter.ManagedStream // nil until opened
}

func newSession(life context.Context, project string, client *managedwriter.Client) *session {
	return &session{life: life, project: project, client: client, streams: map[string]*stream{}}
}

// close closes the client. Appends under way on other goroutines fail, and
// begin again on the next session.
func (s *session) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, st := range s.streams {
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
	return errors.Join(errs...)
}

// send sends the requests back to back, waits for all of them, and returns
// those that weren't acknowledged with the first one's error.
func (s *session) send(ctx context.Context, t *rawTable, requests [][][]byte) ([][][]byte, error) {
	managed, err := s.stream(ctx, t)
	if err != nil {
		return requests, err
	}
	results := make([]*managedwriter.AppendResult, len(requests))
	sendErrs := make([]error, len(requests))
	for i, rows := range requests {
		results[i], sendErrs[i] = managed.AppendRows(ctx, rows)
	}
	var left [][][]byte
	var first error
	for i, result := range results {
		err := sendErrs[i]
		if err == nil {
			err = acknowledgement(ctx, t, result)
		}
		if err != nil {
			left = append(left, requests[i])
			if first == nil {
				first = classify(t.id, err)
			}
		}
	}
	return left, first
}

// acknowledgement waits for the answer to one request.
func acknowledgement(ctx context.Context, t *rawTable, result *managedwriter.AppendResult) error {
	response, err := result.FullResponse(ctx)
	if rowErrors := response.GetRowErrors(); len(rowErrors) > 0 {
		return &RefusedError{Table: t.id, Rows: len(rowErrors), First: rowErrors[0].GetMessage()}
	}
	return err
}

// stream returns the table's stream.
func (s *session) stream(ctx context.Context, t *rawTable) (*managedwriter.ManagedStream, error) {
	s.mu.Lock()
	st := s.streams[t.id]
	if st == nil {
		st = &stream{}
		s.streams[t.id] = st
	}
	s.mu.Unlock()

	st.mu.Lock()
	defer st.mu.Unlock()
	if st.managed != nil {
		return st.managed, nil
	}
	// The stream keeps the context that it is opened with, so the time-out and
	// the caller's end may only cancel it until it is open.
	life, cancel := context.WithCancel(s.life)
	timer := time.AfterFunc(openTimeout, cancel)
	stop := context.AfterFunc(ctx, cancel)
	//
	// Its own retries stay off: one that meets a client that was closed meanwhile
	// panics (cloud.google.com/go/bigquery v1.86.2 marks the append done twice).
	managed, err := s.client.NewManagedStream(life,
		managedwriter.WithDestinationTable(s.table(t)),
		managedwriter.WithType(managedwriter.DefaultStream),
		managedwriter.WithSchemaDescriptor(t.descriptor),
		managedwriter.WithTraceID("tallystream"))
	if err == nil && timer.Stop() && stop() {
		st.managed = managed
		return managed, nil
	}
	cancel()
	if err == nil {
		err = context.Cause(life)
	}
	return nil, classify(t.id, fmt.Errorf("open the stream: %w", err))
}

func (s *session) table(t *rawTable) string {
	table := TableNamed(t.id)
	return managedwriter.TableParentFromParts(s.project, table.Dataset, table.Name)
}
