package bridge

import (
	"context"
	"fmt"
	"time"

	"cloud.google.com/go/pubsub/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// topicPublisher publishes to a Pub/Sub topic.
type topicPublisher struct{ *pubsub.Publisher }

// stop sends what the client buffers, and waits until it is acknowledged or ctx
// ends.
func (p topicPublisher) stop(ctx context.Context) error {
	stopped := make(chan struct{})
	go func() {
		p.Stop()
		close(stopped)
	}()
	select {
	case <-stopped:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop publishing to Pub/Sub topic %s: %w", p.ID(), ctx.Err())
	}
}

// newTopicPublisher returns a publisher that sends each message by itself:
// they are batches already.
func newTopicPublisher(client *pubsub.Client, topic string) topicPublisher {
	p := client.Publisher(topic)
	p.PublishSettings.CountThreshold = 1
	p.PublishSettings.DelayThreshold = time.Millisecond
	p.PublishSettings.Timeout = publishTimeout
	return topicPublisher{p}
}

func (p topicPublisher) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	_, err := p.Publisher.Publish(ctx, &pubsub.Message{Data: data, Attributes: attributes}).Get(ctx)
	switch {
	case err == nil:
		return nil
	case status.Code(err) == codes.NotFound:
		return fmt.Errorf("Pub/Sub topic %s doesn't exist: create it or correct PUBSUB_TOPIC: %w", p.ID(), err)
	}
	return fmt.Errorf("publish %d bytes to Pub/Sub topic %s: %w", len(data), p.ID(), err)
}
