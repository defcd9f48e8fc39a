package api

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/field"
)

// StreamingPull sends messages as they come, within the client's flow control.
func (s Subscriber) StreamingPull(stream pubsubpb.Subscriber_StreamingPullServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	if err := field.Check(first); err != nil {
		return err
	}
	_, q, err := s.Broker.Pullable(first.Subscription)
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
	service   Subscriber
	name      string
	queue     *delivery.Queue
	stream    pubsubpb.Subscriber_StreamingPullServer
	first     *pubsubpb.StreamingPullRequest
	deadline  atomic.Int64 // time.Duration of new leases
	responses chan *pubsubpb.StreamingPullResponse
}

// setDeadline sets the length of new leases.
func (p *puller) setDeadline(seconds int32) error {
	if seconds < minAckDeadline || seconds > maxAckDeadline {
		return status.Errorf(codes.InvalidArgument, "stream_ack_deadline_seconds is %d: want %d to %d.", seconds, minAckDeadline, maxAckDeadline)
	}
	p.deadline.Store(int64(seconds) * int64(time.Second))
	return nil
}

// run ends when the client ends the stream, or when the subscription is gone. The
// goroutines that it starts end with the stream.
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

// send passes a response to run, which is the only sender of the stream.
func (p *puller) send(ctx context.Context, r *pubsubpb.StreamingPullResponse) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case p.responses <- r:
		return nil
	}
}

// take leases messages and passes them to run.
func (p *puller) take(ctx context.Context) error {
	c := &delivery.Consumer{MaxMessages: int(p.first.MaxOutstandingMessages), MaxBytes: int(p.first.MaxOutstandingBytes)}
	for {
		got, err := p.queue.Take(ctx, c, maxPullMessages, maxPullBytes, time.Duration(p.deadline.Load()))
		if err != nil {
			return err
		}
		resource, _, err := p.service.Broker.Pullable(p.name)
		if err != nil {
			return err
		}
		if len(got) == 0 { // the server stops
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

// receive acts on the client's acknowledgements and extensions. A request without any is
// a keep-alive, which clients of protocol version 1 want answered.
func (p *puller) receive(ctx context.Context) error {
	for {
		r, err := p.stream.Recv()
		if err != nil {
			return err
		}
		if err := field.Check(r); err != nil {
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
		if err := p.settle(ctx, r); err != nil {
			return err
		}
	}
}

// settle acts on a request's acknowledgements and extensions, and confirms them where
// delivery is exactly once.
func (p *puller) settle(ctx context.Context, r *pubsubpb.StreamingPullRequest) error {
	lost := p.queue.Acknowledge(r.AckIds...)
	var late []string
	for i, id := range r.ModifyDeadlineAckIds {
		late = append(late, p.queue.Modify(time.Duration(r.ModifyDeadlineSeconds[i])*time.Second, id)...)
	}
	if len(r.AckIds) == 0 && len(r.ModifyDeadlineAckIds) == 0 {
		if p.first.ProtocolVersion >= 1 {
			return p.send(ctx, &pubsubpb.StreamingPullResponse{})
		}
		return nil
	}
	resource, _, err := p.service.Broker.Pullable(p.name)
	if err != nil || !resource.EnableExactlyOnceDelivery {
		return err
	}
	confirmed := &pubsubpb.StreamingPullResponse{}
	if len(r.AckIds) > 0 {
		confirmed.AcknowledgeConfirmation = &pubsubpb.StreamingPullResponse_AcknowledgeConfirmation{
			AckIds: without(r.AckIds, lost), InvalidAckIds: lost,
		}
	}
	if len(r.ModifyDeadlineAckIds) > 0 {
		confirmed.ModifyAckDeadlineConfirmation = &pubsubpb.StreamingPullResponse_ModifyAckDeadlineConfirmation{
			AckIds: without(r.ModifyDeadlineAckIds, late), InvalidAckIds: late,
		}
	}
	return p.send(ctx, confirmed)
}

// without returns the ids that aren't among others.
func without(ids, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
}
