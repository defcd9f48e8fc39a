package pubsub

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

const (
	// maxPullMessages and maxPullBytes bound one response of a pull.
	maxPullMessages = 1000
	maxPullBytes    = 10_000_000
)

var maskPushConfig = &fieldmaskpb.FieldMask{Paths: []string{"push_config"}}

// Pull returns at once if there is a message, else it waits a little.
func (s subscriber) Pull(ctx context.Context, r *pubsubpb.PullRequest) (*pubsubpb.PullResponse, error) {
	resource, _ := s.subscription(r.Subscription)
	q, err := s.find(r.Subscription)
	if err != nil {
		return nil, err
	}
	if r.MaxMessages <= 0 {
		return nil, status.Errorf(codes.InvalidArgument, "max_messages is %d: want at least 1.", r.MaxMessages)
	}
	limit := min(int(r.MaxMessages), maxPullMessages)
	h, deadline := &holder{}, time.Duration(resource.AckDeadlineSeconds)*time.Second
	var got []lease
	//lint:ignore SA1019 clients still ask for it
	if r.ReturnImmediately {
		got, _ = q.tryTake(h, limit, maxPullBytes, deadline)
	} else {
		wait, cancel := context.WithTimeout(ctx, s.options.PullWait)
		defer cancel()
		got, err = q.take(wait, h, limit, maxPullBytes, deadline)
		if err != nil && ctx.Err() != nil {
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
	return &pubsubpb.PullResponse{ReceivedMessages: received(resource, got)}, nil
}

// received writes leases as the API does: the attempt is told only where there
// is a dead-letter policy.
func received(s *pubsubpb.Subscription, leases []lease) []*pubsubpb.ReceivedMessage {
	var out []*pubsubpb.ReceivedMessage
	for _, l := range leases {
		m := &pubsubpb.ReceivedMessage{AckId: l.ackID, Message: l.msg}
		if s.DeadLetterPolicy != nil {
			m.DeliveryAttempt = int32(l.attempt)
		}
		out = append(out, m)
	}
	return out
}

func (s subscriber) Acknowledge(_ context.Context, r *pubsubpb.AcknowledgeRequest) (*emptypb.Empty, error) {
	q, err := s.find(r.Subscription)
	if err != nil {
		return nil, err
	}
	unknown := q.acknowledge(r.AckIds...)
	return &emptypb.Empty{}, s.confirm(r.Subscription, unknown)
}

func (s subscriber) ModifyAckDeadline(_ context.Context, r *pubsubpb.ModifyAckDeadlineRequest) (*emptypb.Empty, error) {
	q, err := s.find(r.Subscription)
	if err != nil {
		return nil, err
	}
	if d := r.AckDeadlineSeconds; d < 0 || d > maxAckDeadline {
		return nil, status.Errorf(codes.InvalidArgument, "ack_deadline_seconds is %d: want 0 to %d.", d, maxAckDeadline)
	}
	unknown := q.modify(time.Duration(r.AckDeadlineSeconds)*time.Second, r.AckIds...)
	return &emptypb.Empty{}, s.confirm(r.Subscription, unknown)
}

// confirm reports ids that came too late. Only exactly-once delivery does that.
func (s subscriber) confirm(name string, unknown []string) error {
	resource, _ := s.subscription(name)
	if len(unknown) == 0 || !resource.GetEnableExactlyOnceDelivery() {
		return nil
	}
	info := &errdetails.ErrorInfo{Reason: "INVALID_ACK_ID", Domain: "pubsub.googleapis.com", Metadata: map[string]string{}}
	for _, id := range unknown {
		info.Metadata[id] = "PERMANENT_FAILURE_INVALID_ACK_ID"
	}
	st, err := status.New(codes.FailedPrecondition, "Some acknowledgement ids are invalid or have expired.").WithDetails(info)
	if err != nil {
		return err
	}
	return st.Err()
}

// StreamingPull sends messages as they come, within the client's flow control.
func (s subscriber) StreamingPull(stream pubsubpb.Subscriber_StreamingPullServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	q, err := s.find(first.Subscription)
	if err != nil {
		return err
	}
	p := &puller{
		service: s, name: first.Subscription, queue: q, stream: stream, first: first,
		responses: make(chan *pubsubpb.StreamingPullResponse),
	}
	if err := p.setDeadline(first.StreamAckDeadlineSeconds); err != nil {
		return err
	}
	return p.run(stream.Context())
}

// puller is one streaming pull.
type puller struct {
	service   subscriber
	name      string
	queue     *queue
	stream    pubsubpb.Subscriber_StreamingPullServer
	first     *pubsubpb.StreamingPullRequest
	deadline  atomic.Int64 // time.Duration of new leases
	responses chan *pubsubpb.StreamingPullResponse
}

func (p *puller) setDeadline(seconds int32) error {
	if seconds < minAckDeadline || seconds > maxAckDeadline {
		return status.Errorf(codes.InvalidArgument, "stream_ack_deadline_seconds is %d: want %d to %d.", seconds, minAckDeadline, maxAckDeadline)
	}
	p.deadline.Store(int64(seconds) * int64(time.Second))
	return nil
}

// run ends when the client does, or when the subscription is gone. Its helpers
// end with the stream.
func (p *puller) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(p.receive(ctx)) }()
	go func() { cancel(p.take(ctx)) }()
	for {
		select {
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		case r := <-p.responses:
			if err := p.stream.Send(r); err != nil {
				return err
			}
		}
	}
}

func (p *puller) send(ctx context.Context, r *pubsubpb.StreamingPullResponse) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case p.responses <- r:
		return nil
	}
}

// take passes leased messages to the sender.
func (p *puller) take(ctx context.Context) error {
	h := &holder{maxMessages: int(p.first.MaxOutstandingMessages), maxBytes: int(p.first.MaxOutstandingBytes)}
	for {
		got, err := p.queue.take(ctx, h, maxPullMessages, maxPullBytes, time.Duration(p.deadline.Load()))
		if err != nil {
			return err
		}
		resource, _ := p.service.subscription(p.name)
		switch {
		case resource == nil:
			return notFound("Subscription", p.name)
		case resource.Detached:
			return detached(p.name)
		case len(got) == 0: // the server stops
			return status.Error(codes.Unavailable, "The server is shutting down.")
		}
		err = p.send(ctx, &pubsubpb.StreamingPullResponse{
			ReceivedMessages: received(resource, got),
			SubscriptionProperties: &pubsubpb.StreamingPullResponse_SubscriptionProperties{
				ExactlyOnceDeliveryEnabled: resource.EnableExactlyOnceDelivery,
				MessageOrderingEnabled:     resource.EnableMessageOrdering,
			},
		})
		if err != nil {
			return err
		}
	}
}

// receive acts on the client's acknowledgements. A request without any is a
// ping, which clients of the newer protocol want answered.
func (p *puller) receive(ctx context.Context) error {
	for {
		r, err := p.stream.Recv()
		if err != nil {
			return err
		}
		if len(r.ModifyDeadlineAckIds) != len(r.ModifyDeadlineSeconds) {
			return status.Errorf(codes.InvalidArgument, "%d modify_deadline_ack_ids but %d modify_deadline_seconds.",
				len(r.ModifyDeadlineAckIds), len(r.ModifyDeadlineSeconds))
		}
		if r.StreamAckDeadlineSeconds != 0 {
			if err := p.setDeadline(r.StreamAckDeadlineSeconds); err != nil {
				return err
			}
		}
		p.queue.acknowledge(r.AckIds...)
		for i, id := range r.ModifyDeadlineAckIds {
			p.queue.modify(time.Duration(r.ModifyDeadlineSeconds[i])*time.Second, id)
		}
		if len(r.AckIds) == 0 && len(r.ModifyDeadlineAckIds) == 0 && p.first.ProtocolVersion >= 1 {
			if err := p.send(ctx, &pubsubpb.StreamingPullResponse{}); err != nil {
				return err
			}
		}
	}
}
