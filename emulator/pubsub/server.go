package pubsub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// maxRequestBytes bounds a gRPC request: Pub/Sub takes 10 MB per publish,
	// and refuses more with a sentence of its own rather than gRPC's.
	maxRequestBytes = 32 << 20

	defaultGrace      = 5 * time.Second
	defaultPullWait   = 5 * time.Second
	defaultPushWindow = 1000
	defaultPushBytes  = 64 << 20
)

// Options configures a Server. The zero value is a server on a free port.
type Options struct {
	// Addr is the host:port to listen on. The host must be 127.0.0.1 (or
	// localhost, or empty); port 0, and an empty Addr, take a free port.
	Addr string

	// Dir keeps topics, subscriptions and unacknowledged messages on disk, so
	// that they are there after a restart, or after the process was killed.
	// Counts of attempts begin anew. Empty keeps them in memory.
	Dir string

	// PushWindow bounds how many pushes of one subscription are outstanding;
	// 0 means 1000. Delivery starts slower and grows with success.
	PushWindow int

	// PushBytes bounds the bytes of the messages that are outstanding with
	// one subscription's endpoint; 0 means 64 MiB. One message always fits.
	PushBytes int

	// PullWait is how long a unary pull waits for a first message before it
	// answers that there is none; 0 means 5 s.
	PullWait time.Duration

	// Grace is how long Close waits for outstanding pushes; 0 means 5 s.
	Grace time.Duration

	// Logger receives failing and recovering endpoints and dead letters, and
	// at debug level every failed push. Nil discards them.
	Logger *slog.Logger
}

// Server is a running Pub/Sub.
type Server struct {
	broker *broker
	grpc   *grpc.Server
	http   *http.Server // of the JSON API
	addr   string
	stop   context.CancelFunc
	done   chan struct{} // closed when everything has ended
	err    error         // set before done is closed
}

// Start starts a server that runs until Close is called or ctx is done.
func Start(ctx context.Context, o Options) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("pubsub options: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("pubsub: address %s is already in use; stop the other program or choose another port", o.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("start pubsub: %w", err)
	}
	b, err := newBroker(o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start pubsub: %w", err), l.Close())
	}
	p, sub := publisher{broker: b}, subscriber{broker: b}
	handler, err := newREST(p, sub)
	if err != nil {
		b.close()
		return nil, errors.Join(fmt.Errorf("start pubsub: %w", err), l.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	s := &Server{
		broker: b,
		addr:   l.Addr().String(),
		stop:   stop,
		done:   make(chan struct{}),
		grpc: grpc.NewServer(
			grpc.MaxRecvMsgSize(maxRequestBytes),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		),
		http: &http.Server{Handler: handler, ReadHeaderTimeout: sniffTimeout},
	}
	pubsubpb.RegisterPublisherServer(s.grpc, p)
	pubsubpb.RegisterSubscriberServer(s.grpc, sub)
	forGRPC, forHTTP := split(l)
	served := make(chan error, 2)
	go func() { served <- s.grpc.Serve(forGRPC) }()
	go func() { served <- s.http.Serve(forHTTP) }()
	go s.run(ctx, served, o.Grace)
	return s, nil
}

// complete fills in defaults and returns every problem at once.
func (o *Options) complete() error {
	var errs []error
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(o.Addr)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("address %q: want host:port, like 127.0.0.1:8085", o.Addr))
	case host != "" && host != "localhost" && host != "127.0.0.1":
		errs = append(errs, fmt.Errorf("address %q: the emulator listens on 127.0.0.1 only", o.Addr))
	default:
		o.Addr = net.JoinHostPort("127.0.0.1", port)
	}
	for _, n := range []struct {
		name  string
		value *int
		def   int
	}{{"push window", &o.PushWindow, defaultPushWindow}, {"push bytes", &o.PushBytes, defaultPushBytes}} {
		if *n.value < 0 {
			errs = append(errs, fmt.Errorf("%s %d: must not be negative", n.name, *n.value))
		}
		if *n.value == 0 {
			*n.value = n.def
		}
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{{"grace", &o.Grace, defaultGrace}, {"pull wait", &o.PullWait, defaultPullWait}} {
		if *d.value < 0 {
			errs = append(errs, fmt.Errorf("%s %v: must not be negative", d.name, *d.value))
		}
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return errors.Join(errs...)
}

// run waits for the end and brings it about.
func (s *Server) run(ctx context.Context, served <-chan error, grace time.Duration) {
	defer close(s.done)
	s.wait(ctx, served)
	s.stop()
	s.broker.stopPushing(grace)
	s.broker.close() // ends waiting pulls
	s.grpc.Stop()
	s.err = errors.Join(s.err, s.http.Close(), s.broker.journal.close())
}

// wait returns when ctx is done or serving failed. Until then it compacts the
// journal when it has grown.
func (s *Server) wait(ctx context.Context, served <-chan error) {
	var full <-chan struct{}
	if j := s.broker.journal; j != nil {
		full = j.full
	}
	for {
		select {
		case <-ctx.Done():
			return
		case s.err = <-served:
			return
		case <-full:
			if err := s.broker.compact(); err != nil {
				s.broker.options.Logger.Error("journal can't be compacted", "error", err)
			}
		}
	}
}

// Addr returns the host:port for PUBSUB_EMULATOR_HOST.
func (s *Server) Addr() string { return s.addr }

// Close starts no further pushes, waits for the outstanding ones as long as
// Options.Grace says, and stops the server. It is safe to call more than once.
func (s *Server) Close() error {
	s.stop()
	<-s.done
	return s.err
}
