package pubsub

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// broker keeps the topics and subscriptions. Its mutex guards the maps and the
// resources in them, which are replaced, never changed; each subscription's
// messages have a lock of their own.
type broker struct {
	options Options
	client  *http.Client // for pushes
	nextID  atomic.Int64 // of messages
	journal *journal     // nil keeps nothing

	mu            sync.RWMutex
	topics        map[string]*topic
	subscriptions map[string]*subscription
	serving       bool // pushes may start

	pushes      context.Context // of all pushes; ends when Close's patience does
	abortPushes context.CancelFunc
	pushing     sync.WaitGroup
}

type topic struct {
	resource      *pubsubpb.Topic
	subscriptions map[string]*subscription // those that receive its messages
}

type subscription struct {
	resource *pubsubpb.Subscription
	topic    *topic // nil when detached or deleted
	queue    *queue
	pusher   *pusher // nil unless it has a push endpoint
}

// newBroker returns a broker with what the data directory holds.
func newBroker(o Options) (*broker, error) {
	b := &broker{
		options:       o,
		client:        newPushClient(),
		topics:        map[string]*topic{},
		subscriptions: map[string]*subscription{},
	}
	b.pushes, b.abortPushes = context.WithCancel(context.Background())
	b.nextID.Store(time.Now().UnixMicro()) // so that ids don't repeat after a restart
	if o.Dir != "" {
		if err := b.restore(o.Dir); err != nil {
			b.close()
			return nil, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serving = true
	for _, s := range b.subscriptions {
		s.queue.replaying(false)
		b.startPusher(s)
	}
	return b, nil
}

// stopPushing starts no more pushes and waits for the outstanding ones, at
// most as long as grace; then it aborts them.
func (b *broker) stopPushing(grace time.Duration) {
	b.mu.Lock()
	b.serving = false
	for _, s := range b.subscriptions {
		s.stopPusher()
	}
	b.mu.Unlock()
	abort := time.AfterFunc(grace, b.abortPushes)
	b.pushing.Wait()
	abort.Stop()
	b.abortPushes()
	b.client.CloseIdleConnections()
}

func (b *broker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subscriptions {
		s.queue.close()
	}
}

// publish gives messages their ids and times and hands them to the topic's
// subscriptions. Pub/Sub's times have milliseconds.
func (b *broker) publish(name string, messages ...*pubsubpb.PubsubMessage) ([]string, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, ok := b.topics[name]
	if !ok {
		return nil, notFound("Topic", name)
	}
	now := timestamppb.New(time.Now().Truncate(time.Millisecond))
	ids := make([]string, len(messages))
	for i, m := range messages {
		ids[i] = strconv.FormatInt(b.nextID.Add(1), 10)
		m.MessageId, m.PublishTime = ids[i], now
	}
	if b.journal != nil && len(t.subscriptions) > 0 {
		if err := b.note(published, &pubsubpb.PublishRequest{Topic: name, Messages: messages}); err != nil {
			return nil, err
		}
	}
	for _, s := range t.subscriptions {
		s.queue.add(messages...)
	}
	return ids, nil
}

// subscription returns a subscription's resource and queue; nil if there is
// none of this name.
func (b *broker) subscription(name string) (*pubsubpb.Subscription, *queue) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, ok := b.subscriptions[name]
	if !ok {
		return nil, nil
	}
	return s.resource, s.queue
}
