package faults

import (
	"context"
	"fmt"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Publisher is a proxy of Pub/Sub for the bridge, with faults.
type Publisher struct {
	In       *Injector
	Upstream pubsubpb.PublisherClient
	// Passed is called with the id of every message that Pub/Sub has taken.
	Passed func(messageID string)
	// AnswerFirst answers before a message is passed on, and loses the message if it
	// suffers a fault. A bridge that commits before the acknowledgement would do so.
	AnswerFirst bool
	// Rewrite changes a message; may be nil.
	Rewrite func(*pubsubpb.PubsubMessage) error

	pubsubpb.UnimplementedPublisherServer
}

// Register serves the Publisher.
func (p *Publisher) Register(s *grpc.Server) { pubsubpb.RegisterPublisherServer(s, p) }

// Publish passes a request on.
func (p *Publisher) Publish(ctx context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	if p.Rewrite != nil {
		for _, m := range r.Messages {
			if err := p.Rewrite(m); err != nil {
				return nil, status.Error(codes.InvalidArgument, err.Error())
			}
		}
	}
	fault := p.In.next(Publish)
	if p.AnswerFirst && fault != None && fault != Twice {
		if fault.Kills() {
			defer p.In.kill(Publish) // when the answer is complete
		}
		return invented(r), nil
	}
	if err := p.In.before(Publish, fault); err != nil {
		return nil, err
	}
	switch fault {
	case Twice:
		if _, err := p.forward(ctx, r); err != nil {
			return nil, err
		}
	case Late:
		return p.late(ctx, r)
	}
	answer, err := p.forward(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := p.In.after(Publish, fault); err != nil {
		return nil, err
	}
	return answer, nil
}

// late passes a request on after Hold. The publisher may give up long before its
// client's request ends, so that the end of the request can't be awaited.
func (p *Publisher) late(ctx context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	defer p.In.defers()()
	select {
	case <-ctx.Done():
	case <-time.After(p.In.Hold):
	}
	return p.forward(context.WithoutCancel(ctx), r)
}

func (p *Publisher) forward(ctx context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	answer, err := p.Upstream.Publish(ctx, r)
	if err == nil && p.Passed != nil {
		for _, id := range answer.MessageIds {
			p.Passed(id)
		}
	}
	return answer, err
}

func invented(r *pubsubpb.PublishRequest) *pubsubpb.PublishResponse {
	answer := &pubsubpb.PublishResponse{}
	for i := range r.Messages {
		answer.MessageIds = append(answer.MessageIds, fmt.Sprint(i))
	}
	return answer
}
