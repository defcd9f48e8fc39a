//go:build cgo

package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// What the messages go through.
const (
	topic        = "projects/" + project + "/topics/bench"
	subscription = "projects/" + project + "/subscriptions/bench"
)

// measurePubSub publishes messages and pulls and acknowledges them at the same time.
func measurePubSub(ctx context.Context, c config, s subject, out *table) error {
	var conn *grpc.ClientConn
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
		s.stop()
	}()
	started, err := s.start(ctx, "pubsub", func(ctx context.Context) error {
		if conn != nil {
			_ = conn.Close() // one that has met no server waits longer and longer
		}
		var err error
		if conn, err = grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
			return err
		}
		_, err = pubsubpb.NewPublisherClient(conn).CreateTopic(ctx, &pubsubpb.Topic{Name: topic})
		return err
	})
	if err != nil {
		return err
	}
	if s.process != nil {
		out.set("Pub/Sub: start, to the first topic", s.name, ms(started))
		out.set("Pub/Sub: memory then", s.name, mb(s.resident()))
	}
	publisher, subscriber := pubsubpb.NewPublisherClient(conn), pubsubpb.NewSubscriberClient(conn)
	if _, err := subscriber.CreateSubscription(ctx, &pubsubpb.Subscription{Name: subscription, Topic: topic, AckDeadlineSeconds: 60}); err != nil {
		return err
	}
	load := &pubsubLoad{publisher: publisher, subscriber: subscriber, target: int64(c.Messages)}
	took, err := load.run(ctx)
	if err != nil {
		return err
	}
	out.set("Pub/Sub: published, pulled and acknowledged, 1 kB each", s.name, count(float64(load.target)/took.Seconds())+" messages/s")
	out.set("Pub/Sub: memory after them", s.name, mb(s.resident()))
	return nil
}

// A pubsubLoad is messages that some publish while others pull and acknowledge them.
type pubsubLoad struct {
	publisher    pubsubpb.PublisherClient
	subscriber   pubsubpb.SubscriberClient
	target       int64 // messages
	sent, acked  atomic.Int64
	acknowledged time.Time // when the last one was
}

// run returns how long it takes until all messages are acknowledged.
func (l *pubsubLoad) run(ctx context.Context) (time.Duration, error) {
	const publishers, pullers = 4, 4
	begun := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for range publishers {
		g.Go(func() error { return l.publish(ctx) })
	}
	for range pullers {
		g.Go(func() error { return l.pull(ctx) })
	}
	err := g.Wait()
	return l.acknowledged.Sub(begun), err
}

// publish publishes until all messages are sent.
func (l *pubsubLoad) publish(ctx context.Context) error {
	const batch = 100
	for {
		last := l.sent.Add(batch)
		n := min(batch, l.target-(last-batch))
		if n <= 0 {
			return nil
		}
		req := &pubsubpb.PublishRequest{Topic: topic}
		for range n {
			req.Messages = append(req.Messages, &pubsubpb.PubsubMessage{Data: make([]byte, 1000)})
		}
		if _, err := l.publisher.Publish(ctx, req); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
}

// pull pulls and acknowledges until all messages are acknowledged.
func (l *pubsubLoad) pull(ctx context.Context) error {
	for l.acked.Load() < l.target {
		pulling, cancel := context.WithTimeout(ctx, time.Second)
		got, err := l.subscriber.Pull(pulling, &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: 1000})
		late := status.Code(err) == codes.DeadlineExceeded && ctx.Err() == nil // another puller has had the last one
		cancel()
		if late {
			continue
		}
		if err != nil {
			return fmt.Errorf("pull: %w", err)
		}
		ack := &pubsubpb.AcknowledgeRequest{Subscription: subscription}
		for _, m := range got.ReceivedMessages {
			ack.AckIds = append(ack.AckIds, m.AckId)
		}
		if len(ack.AckIds) == 0 {
			continue
		}
		if _, err := l.subscriber.Acknowledge(ctx, ack); err != nil {
			return fmt.Errorf("acknowledge: %w", err)
		}
		n := int64(len(ack.AckIds))
		if after := l.acked.Add(n); after >= l.target && after-n < l.target {
			l.acknowledged = time.Now() // by one puller alone
		}
	}
	return nil
}
