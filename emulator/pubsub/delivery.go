package pubsub

import (
	"container/heap"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"
)

// state says where in its queue a delivery is.
type state int

const (
	ready      state = iota // waits for a consumer
	held                    // waits for an earlier message of its ordering key
	leased                  // is with a consumer
	delayed                 // backs off before the next attempt
	forwarding              // is being published to the dead-letter topic
	done                    // acknowledged, dead-lettered or expired
)

// delivery is one message on its way through one subscription. All fields but
// msg, size and seq are guarded by the queue's mutex.
type delivery struct {
	msg  *pubsubpb.PubsubMessage
	size int    // bytes of msg on the wire
	seq  uint64 // position in the subscription's order of arrival

	state    state
	attempts int       // deliveries so far
	ackID    string    // of the latest delivery, until it is refused
	holder   *holder   // the consumer, while leased
	due      time.Time // end of the lease or of the back-off; zero for never
	index    int       // in the queue's timers, -1 if not there
}

func newDelivery(m *pubsubpb.PubsubMessage, seq uint64) *delivery {
	return &delivery{msg: m, size: proto.Size(m), seq: seq, index: -1}
}

// lease is what a consumer gets of a delivery.
type lease struct {
	ackID   string
	msg     *pubsubpb.PubsubMessage
	attempt int // 1 for the first delivery
}

// holder is a consumer's account of what it has leased, and how much it may.
type holder struct {
	messages, bytes       int
	maxMessages, maxBytes int // 0 is unlimited
}

// room says whether a delivery of this size may be leased. One message is
// always allowed, or one larger than maxBytes could never be delivered.
func (h *holder) room(size int) bool {
	if h.messages == 0 {
		return true
	}
	return (h.maxMessages <= 0 || h.messages < h.maxMessages) && (h.maxBytes <= 0 || h.bytes+size <= h.maxBytes)
}

// timers is a heap of deliveries by due time.
type timers []*delivery

var _ heap.Interface = (*timers)(nil)

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].due.Before(t[j].due) }
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

func (t *timers) Push(x any) {
	d := x.(*delivery)
	d.index = len(*t)
	*t = append(*t, d)
}

func (t *timers) Pop() any {
	old := *t
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	d.index = -1
	return d
}
