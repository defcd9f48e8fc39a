package api

import (
	"context"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
)

// Pull returns at once if there is a message, and waits PullWait for one otherwise.
func (s Subscriber) Pull(ctx context.Context, r *pubsubpb.PullRequest) (*pubsubpb.PullResponse, error) {
	resource, q, err := s.Broker.Pullable(r.Subscription)
	if err != nil {
		return nil, err
	}
	if r.MaxMessages <= 0 {
		return nil, status.Errorf(codes.InvalidArgument, "max_messages is %d: want at least 1.", r.MaxMessages)
	}
	limit := min(int(r.MaxMessages), maxPullMessages)
	c, deadline := &delivery.Consumer{}, time.Duration(resource.AckDeadlineSeconds)*time.Second
	var got []delivery.Lease
	//lint:ignore SA1019 clients still ask for it
	if r.ReturnImmediately {
		got, _ = q.TryTake(c, limit, maxPullBytes, deadline)
	} else {
		wait, cancel := context.WithTimeout(ctx, s.PullWait)
		defer cancel()
		got, err = q.Take(wait, c, limit, maxPullBytes, deadline)
		if err != nil && ctx.Err() != nil {
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
	return &pubsubpb.PullResponse{ReceivedMessages: received(resource, got)}, nil
}

// received returns leases as the API writes them. It tells the attempt only of a
// subscription with a dead-letter policy.
func received(s *pubsubpb.Subscription, leases []delivery.Lease) []*pubsubpb.ReceivedMessage {
	var out []*pubsubpb.ReceivedMessage
	for _, l := range leases {
		m := &pubsubpb.ReceivedMessage{AckId: l.AckID, Message: l.Message}
		if s.DeadLetterPolicy != nil {
			m.DeliveryAttempt = int32(l.Attempt)
		}
		out = append(out, m)
	}
	return out
}

// Acknowledge ends deliveries.
func (s Subscriber) Acknowledge(_ context.Context, r *pubsubpb.AcknowledgeRequest) (*emptypb.Empty, error) {
	resource, q, err := s.Broker.Pullable(r.Subscription)
	if err != nil {
		return nil, err
	}
	unknown := q.Acknowledge(r.AckIds...)
	return &emptypb.Empty{}, confirm(resource, unknown)
}

// ModifyAckDeadline extends leases, or refuses messages.
func (s Subscriber) ModifyAckDeadline(_ context.Context, r *pubsubpb.ModifyAckDeadlineRequest) (*emptypb.Empty, error) {
	resource, q, err := s.Broker.Pullable(r.Subscription)
	if err != nil {
		return nil, err
	}
	if d := r.AckDeadlineSeconds; d < 0 || d > maxAckDeadline {
		return nil, status.Errorf(codes.InvalidArgument, "ack_deadline_seconds is %d: want 0 to %d.", d, maxAckDeadline)
	}
	unknown := q.Modify(time.Duration(r.AckDeadlineSeconds)*time.Second, r.AckIds...)
	return &emptypb.Empty{}, confirm(resource, unknown)
}

// confirm reports acknowledgements that came too late, which only exactly-once delivery
// does.
func confirm(s *pubsubpb.Subscription, unknown []string) error {
	if len(unknown) == 0 || !s.EnableExactlyOnceDelivery {
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
