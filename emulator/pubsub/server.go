package pubsub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/pubsub/api"
	"github.com/tallystream/tallystream/emulator/pubsub/broker"
	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/field"
	"github.com/tallystream/tallystream/emulator/pubsub/push"
	"github.com/tallystream/tallystream/emulator/pubsub/rest"
)

// maxRequestBytes bounds a request. Pub/Sub takes 10 MB per publish, and refuses more with
// a sentence of its own rather than gRPC's.
const maxRequestBytes = 32 << 20

// Server is a running Pub/Sub.
type Server struct {
	broker  *broker.Broker
	options Options
	grpc    *grpc.Server
	http    *http.Server // of the JSON API
	addr    string
	stop    context.CancelFunc
	done    chan struct{} // closed when everything has ended
	err     error         // set before done is closed
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
	if inUse := loopback.ListenError("pubsub", o.Addr, err); inUse != nil {
		return nil, inUse
	}
	if err != nil {
		return nil, fmt.Errorf("start pubsub: %w", err)
	}
	sender := push.NewSender(o.PushWindow, o.PushBytes, o.Profile, o.Logger)
	b, err := broker.New(broker.Options{Dir: o.Dir, Sender: sender, Logger: o.Logger})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start pubsub: %w", err), l.Close())
	}
	p, sub := api.Publisher{Broker: b}, api.Subscriber{Broker: b, PullWait: o.PullWait}
	schemas := api.Schemas{Broker: b}
	handler, err := rest.New(maxRequestBytes, field.Intercept,
		rest.Service{Desc: &pubsubpb.Publisher_ServiceDesc, Impl: p},
		rest.Service{Desc: &pubsubpb.Subscriber_ServiceDesc, Impl: sub},
		rest.Service{Desc: &pubsubpb.SchemaService_ServiceDesc, Impl: schemas})
	if err != nil {
		b.StopPushing(0)
		b.StopPulling()
		return nil, errors.Join(fmt.Errorf("start pubsub: %w", err), b.Close(), l.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	s := &Server{
		broker:  b,
		options: o,
		addr:    l.Addr().String(),
		stop:    stop,
		done:    make(chan struct{}),
		grpc: grpc.NewServer(
			grpc.MaxRecvMsgSize(maxRequestBytes),
			pacedCalls(o.Profile),
			grpc.ChainUnaryInterceptor(field.Intercept),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		),
		http: &http.Server{Handler: pacedRequests(o.Profile, handler), ReadHeaderTimeout: sniffTimeout},
	}
	pubsubpb.RegisterPublisherServer(s.grpc, p)
	pubsubpb.RegisterSubscriberServer(s.grpc, sub)
	pubsubpb.RegisterSchemaServiceServer(s.grpc, schemas)
	forGRPC, forHTTP := split(l)
	served := make(chan error, 2)
	go func() { served <- s.grpc.Serve(forGRPC) }()
	go func() { served <- s.http.Serve(forHTTP) }()
	go s.run(ctx, served)
	return s, nil
}

// run waits for the server's end and then closes everything.
func (s *Server) run(ctx context.Context, served <-chan error) {
	defer close(s.done)
	s.wait(ctx, served)
	s.stop()
	s.broker.StopPushing(s.options.Grace)
	s.broker.StopPulling()
	s.grpc.Stop()
	s.err = errors.Join(s.err, s.http.Close(), s.broker.Close())
}

// wait returns when ctx is done or serving failed. Until then it compacts the
// journal when it has grown.
func (s *Server) wait(ctx context.Context, served <-chan error) {
	for {
		select {
		case <-ctx.Done():
			return
		case s.err = <-served:
			return
		case <-s.broker.JournalFull():
			if err := s.broker.Compact(); err != nil {
				s.options.Logger.Error("journal can't be compacted", "error", err)
			}
		}
	}
}

// Addr returns the host:port for PUBSUB_EMULATOR_HOST.
func (s *Server) Addr() string { return s.addr }

// Close starts no more pushes, waits for the outstanding ones as long as Options.Grace
// says, and stops the server. It may be called more than once.
func (s *Server) Close() error {
	s.stop()
	<-s.done
	return s.err
}

// Backlog is what a subscription has not had acknowledged.
type Backlog = delivery.Backlog

// Backlog returns that of a subscription, projects/P/subscriptions/S.
func (s *Server) Backlog(subscription string) (Backlog, error) {
	_, q, err := s.broker.Subscription(subscription)
	if err != nil {
		return Backlog{}, fmt.Errorf("backlog of %s: there is no such subscription", subscription)
	}
	return q.Backlog(), nil
}
