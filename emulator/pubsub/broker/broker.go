// Package broker keeps the topics, subscriptions and snapshots, hands published messages to the
// subscriptions' queues, and restores all of it from the journal.
//
// It takes resources as they are: package api checks them. Its errors are gRPC statuses,
// as the service has them.
package broker

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/filter"
	"github.com/tallystream/tallystream/emulator/pubsub/journal"
	"github.com/tallystream/tallystream/emulator/pubsub/push"
	"github.com/tallystream/tallystream/emulator/pubsub/schema"
	"github.com/tallystream/tallystream/emulator/pubsub/transform"
)

// Options configures a Broker.
type Options struct {
	Dir    string       // of the journal; empty keeps none
	Sender *push.Sender // of push subscriptions
	Logger *slog.Logger
}

// Broker keeps topics and subscriptions. Its mutex guards the maps and the resources in
// them; a resource is replaced, never changed. Each queue has a mutex of its own.
type Broker struct {
	sender  *push.Sender
	log     *slog.Logger
	journal *journal.Journal // nil keeps nothing
	nextID  atomic.Int64     // of messages

	mu            sync.RWMutex
	topics        map[string]*topic
	subscriptions map[string]*subscription
	snapshots     map[string]*snapshot
	schemas       *schema.Registry
	serving       bool // pushes may start

	// held are messages that the journal told of before the snapshot or the seek that
	// they belong to, by its name.
	held map[string][]*pubsubpb.PubsubMessage
}

type topic struct {
	resource      *pubsubpb.Topic
	subscriptions map[string]*subscription // those that receive its messages
	snapshots     map[string]*snapshot     // those that retain its messages
	transforms    *transform.Chain

	mu  sync.Mutex // of log, and of the snapshots' messages
	log []*pubsubpb.PubsubMessage
}

type subscription struct {
	resource *pubsubpb.Subscription
	topic    *topic // nil when detached or deleted
	queue    *delivery.Queue
	filter   filter.Filter

	transforms *transform.Chain
	pusher     *push.Pusher // nil without a push endpoint
}

// New returns a broker with what the directory's journal holds.
func New(o Options) (*Broker, error) {
	b := &Broker{
		sender:        o.Sender,
		log:           o.Logger,
		topics:        map[string]*topic{},
		subscriptions: map[string]*subscription{},
		snapshots:     map[string]*snapshot{},
		schemas:       schema.NewRegistry(),
		held:          map[string][]*pubsubpb.PubsubMessage{},
	}
	b.nextID.Store(time.Now().UnixMicro()) // so that ids don't repeat after a restart
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o755); err != nil {
			return nil, fmt.Errorf("create data directory: %w", err)
		}
		if err := b.restore(o.Dir); err != nil {
			b.StopPulling()
			return nil, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serving = true
	for _, s := range b.subscriptions {
		s.queue.Replaying(false)
		b.startPusher(s)
	}
	return b, nil
}

// StopPushing starts no more pushes. It waits for the outstanding ones, at most as long
// as grace, and aborts the others.
func (b *Broker) StopPushing(grace time.Duration) {
	b.mu.Lock()
	b.serving = false
	for _, s := range b.subscriptions {
		s.stopPusher()
	}
	b.mu.Unlock()
	b.sender.Close(grace)
}

// StopPulling closes all queues, which ends waiting pulls.
func (b *Broker) StopPulling() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subscriptions {
		s.queue.Close()
	}
}

// Close closes the journal. No more calls may be made.
func (b *Broker) Close() error { return b.journal.Close() }

// find returns what has a name; what says in an error what there is none of.
func find[T any](m map[string]*T, what, name string) (*T, error) {
	if v, ok := m[name]; ok {
		return v, nil
	}
	return nil, notFound(what, name)
}

// replace puts what change makes of a resource in its place, by put.
func replace[R any](old R, change func(R) (R, error), put func(R) error) (R, error) {
	changed, err := change(old)
	if err == nil {
		err = put(changed)
	}
	return changed, err
}

func notFound(what, name string) error {
	return status.Errorf(codes.NotFound, "%s not found (resource=%s).", what, shortName(name))
}

func alreadyExists(what, name string) error {
	return status.Errorf(codes.AlreadyExists, "%s already exists (resource=%s).", what, shortName(name))
}

// Detached returns the error of a call that a detached subscription can't serve.
func Detached(name string) error {
	return status.Errorf(codes.FailedPrecondition, "Subscription is detached (resource=%s).", shortName(name))
}

// shortName returns the last part of a resource's name.
func shortName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
