package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// seam is a proxy under test: send takes one step through it, and effects counts
// what came out behind it.
type seam struct {
	op      Op
	start   func(t *testing.T, in *Injector, effects *atomic.Int64) (send func(context.Context) error)
	waits   bool // a sender that has ample gets a late answer
	resends bool // a late step comes after it was sent again
}

var seams = map[string]seam{
	"kafka":   {op: Commit, start: startKafka},
	"publish": {op: Publish, start: startPublisher},
	"append":  {op: Append, start: startAppender, waits: true},
	"rest":    {op: Query, start: startREST},
	"push":    {op: Push, start: startPusher, resends: true},
}

// ample is how long what takes a moment on an idle machine may take beside others.
const ample = 5 * time.Minute

// Every proxy does to a step what the fault says, and nothing to the others.
func TestFaults(t *testing.T) {
	for name, s := range seams {
		for _, tt := range []outcome{
			{None, 1, true},
			{Refused, 0, false},
			{AnswerLost, 1, false},
			{KillBefore, 0, false},
			{KillAfter, 1, false},
			{Twice, 2, true},
			{Late, 1, false},
			{Denied, 0, false},
		} {
			if tt.fault != None && !slices.Contains(Of(s.op), tt.fault) {
				continue
			}
			t.Run(name+"/"+tt.fault.String(), func(t *testing.T) {
				t.Parallel()
				tryFault(t, &s, tt)
			})
		}
	}
}

// An outcome is what comes of a step with a fault.
type outcome struct {
	fault    Fault
	effects  int64
	answered bool
}

// tryFault sends a step with a fault through a proxy.
func tryFault(t *testing.T, s *seam, want outcome) {
	var effects, kills atomic.Int64
	ctx, cancel := context.WithTimeout(t.Context(), ample)
	defer cancel()
	impatient, lose := context.WithCancel(ctx)
	defer lose()
	late := want.fault == Late
	in := &Injector{
		Hold: 500 * time.Millisecond,
		Kill: func(stage string) {
			if stage != s.op.Stage() {
				t.Errorf("%s is killed, want %s", stage, s.op.Stage())
			}
			kills.Add(1)
		},
		Choose: func(op Op, n int) Fault {
			if op != s.op || n != 1 {
				return None
			}
			if late && !s.waits {
				lose() // once the step has come to the proxy
			}
			return want.fault
		},
	}
	send := s.start(t, in, &effects)
	in.Start()
	if err := send(impatient); (err == nil) != (want.answered || s.waits && late) {
		t.Errorf("error = %v", err)
	}
	if late && s.resends {
		if err := send(ctx); err != nil {
			t.Errorf("sent again: %v", err)
		}
		want.effects++
	}
	if err := in.Await(ctx); err != nil {
		t.Error(err)
	}
	for effects.Load() < want.effects && ctx.Err() == nil { // the broker works on what it has been given
		time.Sleep(time.Millisecond)
	}
	if got := effects.Load(); got != want.effects {
		t.Errorf("%d effects, want %d", got, want.effects)
	}
	if got := kills.Load() > 0; got != want.fault.Kills() {
		t.Errorf("killed: %v", got)
	}
	if got := len(in.Fired()) > 0; got != (want.fault != None) {
		t.Errorf("fired: %v", in.Fired())
	}
	in.Calm()
	if want.fault == None {
		if err := send(ctx); err != nil || in.Counts()[s.op] != 1 {
			t.Errorf("when calm: %v, %v", err, in.Counts())
		}
	}
}

func startKafka(t *testing.T, in *Injector, effects *atomic.Int64) func(context.Context) error {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "votes"), kfake.ListenFn(in.Listen))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cluster.ControlKey(kmsg.OffsetCommit.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		effects.Add(1)
		return nil, nil, false
	})
	return func(ctx context.Context) error {
		client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RequestRetries(0))
		if err != nil {
			return err
		}
		defer client.Close()
		var offsets kadm.Offsets
		offsets.Add(kadm.Offset{Topic: "votes", At: 1})
		answer, err := kadm.NewClient(client).CommitOffsets(ctx, "group", offsets)
		return errors.Join(err, answer.Error())
	}
}

// serveOn serves gRPC and returns a connection to it.
func serveOn(t *testing.T, register func(*grpc.Server)) *grpc.ClientConn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	register(s)
	go s.Serve(l) // ends with Stop
	t.Cleanup(s.Stop)
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

type topic struct {
	effects *atomic.Int64
	pubsubpb.UnimplementedPublisherServer
}

func (p topic) Publish(context.Context, *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	return &pubsubpb.PublishResponse{MessageIds: []string{fmt.Sprint(p.effects.Add(1))}}, nil
}

func startPublisher(t *testing.T, in *Injector, effects *atomic.Int64) func(context.Context) error {
	up := serveOn(t, func(s *grpc.Server) { pubsubpb.RegisterPublisherServer(s, topic{effects: effects}) })
	proxy := &Publisher{In: in, Upstream: pubsubpb.NewPublisherClient(up)}
	client := pubsubpb.NewPublisherClient(serveOn(t, proxy.Register))
	return func(ctx context.Context) error {
		_, err := client.Publish(ctx, &pubsubpb.PublishRequest{Topic: "t", Messages: []*pubsubpb.PubsubMessage{{Data: []byte("x")}}})
		return err
	}
}

type table struct {
	effects *atomic.Int64
	storagepb.UnimplementedBigQueryWriteServer
}

func (a table) AppendRows(s storagepb.BigQueryWrite_AppendRowsServer) error {
	for {
		if _, err := s.Recv(); err != nil {
			return nil // the client has gone
		}
		a.effects.Add(1)
		if err := s.Send(&storagepb.AppendRowsResponse{}); err != nil {
			return err
		}
	}
}

func startAppender(t *testing.T, in *Injector, effects *atomic.Int64) func(context.Context) error {
	up := serveOn(t, func(s *grpc.Server) { storagepb.RegisterBigQueryWriteServer(s, table{effects: effects}) })
	proxy := &Appender{In: in, Upstream: storagepb.NewBigQueryWriteClient(up)}
	client := storagepb.NewBigQueryWriteClient(serveOn(t, proxy.Register))
	return func(ctx context.Context) error {
		stream, err := client.AppendRows(ctx)
		if err != nil {
			return err
		}
		if err := stream.Send(&storagepb.AppendRowsRequest{}); err != nil {
			return err
		}
		answer, err := stream.Recv()
		if answer.GetError() != nil {
			err = errors.New(answer.GetError().Message)
		}
		return err
	}
}

func startREST(t *testing.T, in *Injector, effects *atomic.Int64) func(context.Context) error {
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		effects.Add(1)
	}))
	t.Cleanup(up.Close)
	proxy := httptest.NewServer(&REST{In: in, Upstream: up.URL, Client: up.Client()})
	t.Cleanup(proxy.Close)
	return func(ctx context.Context) error {
		return post(ctx, proxy.URL+"/bigquery/v2/projects/p/queries", `{"query":"SELECT 1","requestId":"1"}`, http.StatusOK)
	}
}

func startPusher(t *testing.T, in *Injector, effects *atomic.Int64) func(context.Context) error {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		effects.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(up.Close)
	proxy := httptest.NewServer(&Pusher{
		In: in, Client: up.Client(), Deadline: 10 * time.Second,
		Endpoint: func(context.Context) (string, error) { return up.URL, nil },
	})
	t.Cleanup(proxy.Close)
	return func(ctx context.Context) error {
		return post(ctx, proxy.URL, `{"message":{"messageId":"7"}}`, http.StatusNoContent)
	}
}

func post(ctx context.Context, url, body string, want int) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		return errors.New(resp.Status)
	}
	return nil
}
