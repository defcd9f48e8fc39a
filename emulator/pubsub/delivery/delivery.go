package delivery

import (
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

// delivery is one message on its way through one subscription. All fields but msg, size
// and seq are guarded by the queue's mutex.
type delivery struct {
	msg  *pubsubpb.PubsubMessage
	size int    // bytes of msg on the wire
	seq  uint64 // in the subscription's order of arrival

	state    state
	attempts int       // deliveries so far
	ackID    string    // of the latest delivery, until it is refused
	consumer *Consumer // that holds it, while leased
	due      time.Time // end of the lease or of the back-off; zero for never
	index    int       // in the queue's timers, -1 if not there
}

func newDelivery(m *pubsubpb.PubsubMessage, seq uint64) *delivery {
	return &delivery{msg: m, size: proto.Size(m), seq: seq, index: -1}
}
