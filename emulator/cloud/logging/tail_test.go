package logging_test

import (
	"context"
	"crypto/x509"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/cloud/logging"
)

// client is a client of gRPC, over TLS and HTTP/2 as Google's are.
func client(t *testing.T, s *logging.Service) loggingpb.LoggingServiceV2Client {
	t.Helper()
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	conn, err := grpc.NewClient(server.Listener.Addr().String(), grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(roots, "")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return loggingpb.NewLoggingServiceV2Client(conn)
}

func text(n int, at time.Time) *loggingpb.LogEntry {
	return &loggingpb.LogEntry{
		LogName: "projects/p/logs/l", Resource: &monitoredres.MonitoredResource{Type: "global"}, InsertId: strconv.Itoa(n),
		Timestamp: timestamppb.New(at), Payload: &loggingpb.LogEntry_TextPayload{TextPayload: "entry"},
	}
}

// What comes within a window is sent in the order of its times, and only what is wanted.
func TestTail(t *testing.T) {
	c := client(t, service())
	ctx, end := context.WithTimeout(t.Context(), 5*time.Minute) // moments, on an idle machine
	defer end()
	stream, err := c.TailLogEntries(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&loggingpb.TailLogEntriesRequest{ResourceNames: []string{"projects/p"}, Filter: "textPayload=entry", BufferWindow: durationpb.New(10 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	write := func(entries ...*loggingpb.LogEntry) {
		t.Helper()
		if _, err := c.WriteLogEntries(ctx, &loggingpb.WriteLogEntriesRequest{Entries: entries}); err != nil {
			t.Error(err)
		}
	}
	now := time.Now()
	got := make(chan *loggingpb.LogEntry, 1000)
	go func() {
		defer close(got)
		for {
			answer, err := stream.Recv()
			if err != nil {
				return
			}
			for _, e := range answer.Entries {
				got <- e
			}
		}
	}()
	for begun := false; !begun; { // until the tail has begun
		write(text(0, now))
		select {
		case _, begun = <-got:
			if !begun {
				t.Fatal("the tail ended before it began")
			}
		case <-time.After(10 * time.Millisecond):
		}
	}
	other := text(9, now)
	other.Payload = &loggingpb.LogEntry_TextPayload{TextPayload: "other"}
	write(text(2, now.Add(time.Second)), other, text(1, now))
	for n := 1; n < 3; {
		switch e := <-got; e.GetInsertId() {
		case strconv.Itoa(n):
			n++
		case "0": // the beginning's
		case "":
			t.Fatalf("the tail ended before entry %d", n)
		default:
			t.Fatalf("entry %s came, want %d", e.InsertId, n)
		}
	}
	end()
	for range got { // the tail ends with its client
	}
}

func TestTailRefused(t *testing.T) {
	c := client(t, service())
	for want, requests := range map[codes.Code][]*loggingpb.TailLogEntriesRequest{
		codes.InvalidArgument: {{ResourceNames: []string{"projects/p"}, Filter: "severity>=LOUD"}},
		codes.Unimplemented:   {{ResourceNames: []string{"projects/p"}}, {ResourceNames: []string{"projects/q"}}},
	} {
		stream, err := c.TailLogEntries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range requests {
			if err := stream.Send(r); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := stream.Recv(); status.Code(err) != want {
			t.Errorf("%v: %v, want %s", requests, err, want)
		}
	}
	if _, err := c.DeleteLog(t.Context(), &loggingpb.DeleteLogRequest{LogName: "projects/p/logs/none"}); status.Code(err) != codes.NotFound {
		t.Errorf("deleted no log: %v", err)
	}
}
