// Package delivery holds the unacknowledged messages of one subscription and decides
// which of them a consumer gets next.
//
// A message is ready, then leased to a consumer. An acknowledgement ends it. A lease
// that ends without one, or a refusal, is a failed attempt: the message waits for its
// back-off and is ready again, or becomes a dead letter once its attempts are used up.
// Of the messages of one ordering key only the first is ready or leased.
package delivery

import (
	"sync"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// Config is the part of a subscription that its queue acts on.
type Config struct {
	Retention   time.Duration // drops older messages; 0 keeps them for ever
	Retain      bool          // keeps acknowledged messages as long, for Seek
	Backoff     Backoff
	Ordered     bool // by ordering key
	MaxAttempts int  // before a message becomes a dead letter; 0 is unlimited
	Accepts     func(attributes map[string]string) bool

	// Transform returns what a consumer gets in place of a message, or nil to have the
	// message acknowledged. An error fails the attempt. It may be nil, and is called
	// without the queue's mutex.
	Transform func(*pubsubpb.PubsubMessage) (*pubsubpb.PubsubMessage, error)
	// DeadLetter publishes a message that used up its attempts. If it returns
	// false, the message is tried again. It is called without the queue's mutex.
	DeadLetter func(m *pubsubpb.PubsubMessage, attempts int) bool

	// Done receives the ids of messages that won't be delivered again; it may be
	// nil. It is called without the queue's mutex.
	Done func(ids []string)
}

// Queue holds the unacknowledged messages of one subscription. It forgets a message as
// soon as it is acknowledged, unless it is to be retained. Messages are delivered in order of arrival, and again
// once their back-off has passed. A failing message holds up no others but those of
// its ordering key. It is safe for concurrent use.
type Queue struct {
	mu     sync.Mutex
	config Config
	closed bool

	live   map[uint64]*delivery // all that aren't done
	ready  fifo[*delivery]      // in order; some may be done
	timers timers               // leases and back-offs that end by time
	timer  *time.Timer          // fires when the first of timers is due
	byAck  map[string]*delivery
	keys   map[string]*fifo[*delivery] // per ordering key with a message in ready or leased: those behind it
	seq    uint64                      // of the latest delivery
	ack    uint64                      // of the latest lease

	changed chan struct{} // closed when a waiting consumer should try again
	waiting bool          // somebody waits on changed
	dead    []*delivery   // to publish as dead letters once the mutex is released
	ended   []string      // message ids for Config.Done then

	byMessage map[string]*delivery // while a journal is replayed

	retained retained // acknowledged messages, if Config.Retain says so

	used    time.Time // when a consumer last asked for something
	waiters int       // consumers that wait in Take
}

// New returns an empty queue.
func New(c Config) *Queue {
	q := &Queue{
		config:  c,
		live:    map[uint64]*delivery{},
		byAck:   map[string]*delivery{},
		keys:    map[string]*fifo[*delivery]{},
		changed: make(chan struct{}),
		used:    time.Now(),
	}
	q.timer = time.AfterFunc(time.Hour, q.tick)
	q.timer.Stop()
	return q
}

// Configure replaces the configuration. Running leases keep their end.
func (q *Queue) Configure(c Config) {
	q.mu.Lock()
	defer q.unlock()
	q.config = c
	if !c.Retain {
		q.retained = retained{}
	}
}

// Close drops all messages and wakes all consumers, for good.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.unlock()
	q.closed = true
	q.timer.Stop()
	for _, d := range q.live {
		q.forget(d)
	}
	q.ready, q.retained = fifo[*delivery]{}, retained{}
	q.wake()
}

// Add enqueues the messages that the subscription's filter accepts.
func (q *Queue) Add(messages ...*pubsubpb.PubsubMessage) {
	q.mu.Lock()
	defer q.unlock()
	if q.closed {
		return
	}
	for _, m := range messages {
		if q.accepts(m) {
			q.seq++
			q.enqueue(newDelivery(m, q.seq))
		}
	}
}

// accepts says whether the subscription's filter does.
func (q *Queue) accepts(m *pubsubpb.PubsubMessage) bool {
	return q.config.Accepts == nil || q.config.Accepts(m.Attributes)
}

// enqueue makes a new delivery ready, or holds it behind its ordering key.
func (q *Queue) enqueue(d *delivery) {
	q.live[d.seq] = d
	if q.byMessage != nil {
		q.byMessage[d.msg.MessageId] = d
	}
	if key := d.msg.OrderingKey; q.config.Ordered && key != "" {
		if behind, ok := q.keys[key]; ok {
			d.state = held
			behind.push(d)
			return
		}
		q.keys[key] = &fifo[*delivery]{}
	}
	q.makeReady(d)
}

func (q *Queue) makeReady(d *delivery) {
	d.state = ready
	q.ready.push(d)
	q.wake()
}

// wake makes waiting consumers try again.
func (q *Queue) wake() {
	if q.waiting {
		close(q.changed)
		q.changed = make(chan struct{})
		q.waiting = false
	}
}

// unlock releases the mutex. Then it reports the messages that ended and publishes the
// dead letters.
func (q *Queue) unlock() {
	dead, ended, config := q.dead, q.ended, q.config
	q.dead, q.ended = nil, nil
	q.mu.Unlock()
	if len(ended) > 0 && config.Done != nil {
		config.Done(ended)
	}
	for _, d := range dead {
		q.settle(d, config.DeadLetter(d.msg, d.attempts))
	}
}
