package warehouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// writeServer is the Storage Write API as far as appending to default streams
// goes, with the failures that a test asks for.
type writeServer struct {
	storagepb.UnimplementedBigQueryWriteServer
	client  func(context.Context) (*managedwriter.Client, error)
	clients int // made so far

	mu      sync.Mutex
	open    func(stream string) error                                         // asked when a stream is looked up
	answer  func(n int, stream string) (*storagepb.AppendRowsResponse, error) // of the n-th request; an error cuts the connection
	streams int                                                               // connections opened
	schema  func(table string) *storagepb.TableSchema                         // of a table, where asked for; nil: none is told
	rows    map[string]int                                                    // acknowledged, by table
	written []*storagepb.AppendRowsRequest                                    // acknowledged
	largest int                                                               // request in bytes
	n       int
}

func startWriteServer(t testing.TB) *writeServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &writeServer{rows: map[string]int{}}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(20 << 20))
	storagepb.RegisterBigQueryWriteServer(server, s)
	go func() { _ = server.Serve(l) }() // ends with Stop
	t.Cleanup(server.Stop)
	s.client = func(ctx context.Context) (*managedwriter.Client, error) {
		s.clients++
		return managedwriter.NewClient(ctx, "p", option.WithEndpoint(l.Addr().String()), option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())), option.WithGRPCConnectionPool(1),
			managedwriter.WithMultiplexing(), managedwriter.WithMultiplexPoolLimit(1))
	}
	return s
}

func (s *writeServer) GetWriteStream(_ context.Context, r *storagepb.GetWriteStreamRequest) (*storagepb.WriteStream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		if err := s.open(r.Name); err != nil {
			return nil, err
		}
	}
	described := &storagepb.WriteStream{Name: r.Name, Location: "US"}
	if s.schema != nil && r.View == storagepb.WriteStreamView_FULL {
		described.TableSchema = s.schema(tableOf(r.Name))
	}
	return described, nil
}

func (s *writeServer) AppendRows(stream storagepb.BigQueryWrite_AppendRowsServer) error {
	s.mu.Lock()
	s.streams++
	s.mu.Unlock()
	name := ""
	for {
		r, err := stream.Recv()
		if err != nil {
			return nil // the client has gone
		}
		if r.WriteStream != "" {
			name = r.WriteStream
		}
		response, err := s.take(name, r)
		if err != nil {
			return err
		}
		if response == nil {
			<-stream.Context().Done() // no answer ever
			return nil
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func (s *writeServer) take(name string, r *storagepb.AppendRowsRequest) (*storagepb.AppendRowsResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.largest = max(s.largest, proto.Size(r))
	response := &storagepb.AppendRowsResponse{
		WriteStream: name,
		Response:    &storagepb.AppendRowsResponse_AppendResult_{AppendResult: &storagepb.AppendRowsResponse_AppendResult{}},
	}
	if s.answer != nil {
		other, err := s.answer(s.n, name)
		if err != nil || other == nil || other.Response != nil {
			return other, err
		}
		response.UpdatedSchema = other.UpdatedSchema
	}
	s.rows[tableOf(name)] += len(r.GetProtoRows().GetRows().GetSerializedRows())
	s.written = append(s.written, r)
	return response, nil
}

// tableOf is the raw table of a stream.
func tableOf(stream string) string {
	return strings.Split(strings.TrimPrefix(stream, "projects/p/datasets/raw/tables/"), "/")[0]
}

// usual is the answer of a server that has nothing to object.
var usual = &storagepb.AppendRowsResponse{}

func (s *writeServer) appender(t testing.TB) *Appender {
	t.Helper()
	a := NewAppender("p", s.client)
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

func mixedRows(n int) *Rows {
	rows := &Rows{IngestedAt: rowTime}
	for range n {
		rows.Votes = append(rows.Votes, VoteRow{Origin: rowOrigin, VoterKey: "k", Candidate: "c", VotedAt: rowTime})
		rows.Voters = append(rows.Voters, VoterRow{Origin: rowOrigin, VoterKey: "k", State: "TX", AgeGroup: "65+", Gender: "female"})
		rows.Rejects = append(rows.Rejects, RejectRow{Origin: rowOrigin, Reason: "r", Bytes: -1})
	}
	return rows
}

// All tables share a connection, which stays open. Appends at the same time have their own,
// up to a bound.
func TestAppendSharesConnections(t *testing.T) {
	for appends, most := range map[int]int{1: 1, 5: 5, 3 * mostSessions: mostSessions} {
		s := startWriteServer(t)
		a := s.appender(t)
		var wg sync.WaitGroup
		for range appends {
			wg.Go(func() {
				for range 10 {
					if err := a.Append(t.Context(), mixedRows(3)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		n := 30 * appends
		if want := map[string]int{"votes": n, "voters": n, "rejects": n}; fmt.Sprint(s.rows) != fmt.Sprint(want) {
			t.Errorf("rows = %v, want %v", s.rows, want)
		}
		if s.clients > most || s.streams != s.clients {
			t.Errorf("%d connections of %d clients for %d appends at a time, want up to %d, one each", s.streams, s.clients, appends, most)
		}
	}
}

// An append isn't held up by one that BigQuery takes long for.
func TestSlowAppendHoldsUpNoOther(t *testing.T) {
	s := startWriteServer(t)
	slow := make(chan struct{})
	s.answer = func(n int, _ string) (*storagepb.AppendRowsResponse, error) {
		if n == 1 {
			close(slow)
			return nil, nil // no answer
		}
		return usual, nil
	}
	a := s.appender(t)
	rows := &Rows{IngestedAt: rowTime, Votes: mixedRows(1).Votes}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- a.Append(ctx, rows) }()
	<-slow
	for range 3 {
		if err := a.Append(t.Context(), rows); err != nil {
			t.Error(err)
		}
	}
	if s.clients != 2 {
		t.Errorf("%d clients, want one beside that which waits", s.clients)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the append without an answer: %v", err)
	}
}

// Rows are split into requests that BigQuery takes.
func TestAppendSplits(t *testing.T) {
	s := startWriteServer(t)
	rows := &Rows{IngestedAt: rowTime}
	for range 50 {
		rows.Rejects = append(rows.Rejects, RejectRow{Origin: rowOrigin, Reason: "r", Value: bytes.Repeat([]byte("x"), 1<<20), Bytes: 1 << 20})
	}
	if err := s.appender(t).Append(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if s.largest >= 10_000_000 || s.rows["rejects"] != 50 || s.n < 6 {
		t.Errorf("%d rows in %d requests, the largest of %d bytes", s.rows["rejects"], s.n, s.largest)
	}
}

func TestAppendFailures(t *testing.T) {
	refusal := &storagepb.AppendRowsResponse{
		Response:  &storagepb.AppendRowsResponse_Error{Error: status.New(codes.InvalidArgument, "Errors found while processing rows").Proto()},
		RowErrors: []*storagepb.RowError{{Index: 0, Code: storagepb.RowError_FIELDS_ERROR, Message: "bad row"}},
	}
	times := func(k int, r *storagepb.AppendRowsResponse, err error) func(int, string) (*storagepb.AppendRowsResponse, error) {
		return func(n int, _ string) (*storagepb.AppendRowsResponse, error) {
			if n <= k {
				return r, err
			}
			return usual, nil
		}
	}
	tests := []struct {
		name   string
		open   func(string) error
		answer func(int, string) (*storagepb.AppendRowsResponse, error)
		check  func(error) bool
		text   string // of the error; "" wants success
	}{
		{name: "connection cut once", answer: times(1, nil, status.Error(codes.Unavailable, "going away"))},
		{name: "connection cut often", answer: times(8, nil, status.Error(codes.Unavailable, "going away"))},
		{name: "connection aborted", answer: times(2, nil, status.Error(codes.Aborted, "closed by server"))},
		{name: "connection refused for good", answer: times(2, nil, status.Error(codes.Unauthenticated, "expired"))},
		{
			name: "refused rows", answer: times(1000, refusal, nil), text: "append to raw.votes in project p: raw.votes refused 1 rows, the first because: bad row",
			check: func(err error) bool { var refused *RefusedError; return errors.As(err, &refused) && refused.Rows == 1 },
		},
		{
			name: "missing table", open: func(string) error { return status.Error(codes.NotFound, "Not found: Table p:raw.votes") },
			text: "append to raw.votes in project p: the table doesn't exist: create it", check: func(err error) bool { return errors.Is(err, ErrTableMissing) },
		},
		{
			name: "no permission", open: func(string) error { return status.Error(codes.PermissionDenied, "not you") }, text: "not you",
			check: func(err error) bool { return !errors.Is(err, ErrTableMissing) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := startWriteServer(t)
			s.open, s.answer = tt.open, tt.answer
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			rows := &Rows{IngestedAt: rowTime, Votes: mixedRows(2).Votes}
			err := s.appender(t).Append(ctx, rows)
			if tt.text == "" {
				if err != nil || s.rows["votes"] < 2 {
					t.Errorf("Append = %v, %d rows acknowledged", err, s.rows["votes"])
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.text) || !tt.check(err) || ctx.Err() != nil {
				t.Errorf("Append = %v, want %q", err, tt.text)
			}
		})
	}
}

// A connection that never answers costs its caller's time, not the next one's.
func TestAppendWithoutAnAnswer(t *testing.T) {
	s := startWriteServer(t)
	var mended atomic.Bool
	s.answer = func(int, string) (*storagepb.AppendRowsResponse, error) {
		if mended.Load() {
			return usual, nil
		}
		return nil, nil
	}
	a := s.appender(t)
	rows := &Rows{IngestedAt: rowTime, Votes: mixedRows(2).Votes}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := a.Append(ctx, rows); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Append = %v, want the deadline", err)
	}
	mended.Store(true)
	if err := a.Append(t.Context(), rows); err != nil {
		t.Errorf("the next Append = %v", err)
	}
}

// Whose time ends while a stream is opened is told that, and not that something was canceled.
func TestAppendThatDoesntOpen(t *testing.T) {
	s := startWriteServer(t)
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	s.open = func(string) error { <-hold; return nil }
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := s.appender(t).Append(ctx, &Rows{IngestedAt: rowTime, Votes: mixedRows(2).Votes})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "canceled") {
		t.Errorf("Append = %v, want the deadline", err)
	}
}

// A session that failed leaves nothing to the next one: an outage may last, and
// each try at an append opens streams.
func TestDiscardedSessionEnds(t *testing.T) {
	s := startWriteServer(t)
	a := s.appender(t)
	if err := a.Append(t.Context(), mixedRows(1)); err != nil {
		t.Fatal(err)
	}
	failed := a.sessions[0]
	a.discard(failed)
	if failed.life.Err() == nil {
		t.Error("the contexts of a discarded session's streams stay until the appender is closed")
	}
	if err := a.Append(t.Context(), mixedRows(1)); err != nil {
		t.Errorf("Append after a session was discarded: %v", err)
	}
}

func TestAppendAfterClose(t *testing.T) {
	s := startWriteServer(t)
	a := NewAppender("p", s.client)
	if err := a.Append(t.Context(), mixedRows(1)); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Append(t.Context(), mixedRows(1)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("Append after Close = %v", err)
	}
}

func BenchmarkPack(b *testing.B) {
	const n = 2000
	rows := make([]VoteRow, n)
	for i := range rows {
		rows[i] = VoteRow{Origin: rowOrigin, VoteID: "0b6f3f6e-2f0a-4f0c-9a51-0a1b2c3d4e5f", VoterKey: "j097NJ7IwWwknxAqMnTJrA", Candidate: "rivera",
			CandidateImage: "https://randomuser.me/api/portraits/men/12.jpg", VotedAt: rowTime, PollingStation: "Station-7"}
	}
	e := &rawVotes().encoder
	b.ReportAllocs()
	for b.Loop() {
		pack(rows, func(b []byte, r *VoteRow) []byte { return e.appendVote(b, r, rowTime) })
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
}
