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

// measurePubSub publishes messages and pulls and acknowledges them at the same time.
func measurePubSub(ctx context.Context, c config, s subject, out *table) error {
	const topic, subscription = "projects/" + project + "/topics/bench", "projects/" + project + "/subscriptions/bench"
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
	const publishers, pullers, batch = 4, 4, 100
	var sent, acked atomic.Int64
	target := int64(c.Messages)
	begun := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for range publishers {
		g.Go(func() error {
			for {
				last := sent.Add(batch)
				n := min(batch, target-(last-batch))
				if n <= 0 {
					return nil
				}
				req := &pubsubpb.PublishRequest{Topic: topic}
				for range n {
					req.Messages = append(req.Messages, &pubsubpb.PubsubMessage{Data: make([]byte, 1000)})
				}
				if _, err := publisher.Publish(ctx, req); err != nil {
					return fmt.Errorf("publish: %w", err)
				}
			}
		})
	}
	for range pullers {
		g.Go(func() error {
			for acked.Load() < target {
				pulling, cancel := context.WithTimeout(ctx, time.Second)
				got, err := subscriber.Pull(pulling, &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: 1000})
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
				if _, err := subscriber.Acknowledge(ctx, ack); err != nil {
					return fmt.Errorf("acknowledge: %w", err)
				}
				if acked.Add(int64(len(ack.AckIds))) >= target {
					took := time.Since(begun)
					out.set("Pub/Sub: published, pulled and acknowledged, 1 kB each", s.name, count(float64(target)/took.Seconds())+" messages/s")
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	out.set("Pub/Sub: memory after them", s.name, mb(s.resident()))
	return nil
}
