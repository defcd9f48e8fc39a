package e2etest

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A Message was published by the bridge and pulled from Pub/Sub, so that a scenario
// can deliver it itself.
type Message struct {
	Data       []byte
	Attributes map[string]string
}

// Messages takes all messages with records that were published so far.
func (l *Line) Messages() []Message {
	l.t.Helper()
	return slices.DeleteFunc(l.Published(), func(m Message) bool { return logends.Is(m.Attributes) })
}

// Published takes everything that was published so far, the reports of log ends
// included.
func (l *Line) Published() []Message {
	l.t.Helper()
	var all []Message
	for {
		r, err := l.Subscriptions.Pull(l.t.Context(), &pubsubpb.PullRequest{
			Subscription: l.Subscription("kafka-records"), MaxMessages: 1000,
			//lint:ignore SA1019 ReturnImmediately is deprecated because it finds fewer messages: everything is published here
			ReturnImmediately: true,
		})
		must(l.t, err)
		if len(r.ReceivedMessages) == 0 {
			return all
		}
		var acks []string
		for _, m := range r.ReceivedMessages {
			all = append(all, Message{m.Message.Data, m.Message.Attributes})
			acks = append(acks, m.AckId)
		}
		must(l.t, l.Subscriptions.Acknowledge(l.t.Context(), &pubsubpb.AcknowledgeRequest{
			Subscription: l.Subscription("kafka-records"), AckIds: acks,
		}))
	}
}

// VotesFirst sorts the messages of the votes before those of the voters.
func VotesFirst(messages []Message) []Message {
	slices.SortStableFunc(messages, func(a, b Message) int {
		return -cmp.Compare(a.Attributes[recordbatch.AttrTopic], b.Attributes[recordbatch.AttrTopic]) // votes, voters
	})
	return messages
}

// body is the message as a push carries it.
func (m Message) body(t *testing.T) string {
	t.Helper()
	var push struct {
		Message struct {
			Data       string            `json:"data"`
			Attributes map[string]string `json:"attributes"`
			MessageID  string            `json:"messageId"`
		} `json:"message"`
		Subscription string `json:"subscription"`
	}
	push.Message.Data = base64.StdEncoding.EncodeToString(m.Data)
	push.Message.Attributes = m.Attributes
	push.Message.MessageID = "1"
	push.Subscription = "projects/p/subscriptions/s"
	text, err := json.Marshal(push)
	must(t, err)
	return string(text)
}

// Deliver pushes messages to ingest, one after the other.
func (l *Line) Deliver(all ...Message) {
	l.t.Helper()
	for _, m := range all {
		if code, answer := l.Call(context.WithoutCancel(l.t.Context()), l.Ingest, m.body(l.t)); code/100 != 2 {
			l.t.Fatalf("ingest: %d %s", code, answer)
		}
	}
}

// Rebatch puts the records of each partition, in order of their offsets and without
// repetitions, into messages of n records.
func Rebatch(t *testing.T, all []Message, n int) []Message {
	t.Helper()
	type part struct {
		records map[int64]recordbatch.Record
		follows map[int64]int64 // of each record
	}
	parts := map[kafka.TopicPartition]*part{}
	var order []kafka.TopicPartition
	for _, m := range all {
		b, err := recordbatch.Decode(m.Data, m.Attributes)
		must(t, err)
		at := b.TopicPartition
		if parts[at] == nil {
			parts[at] = &part{map[int64]recordbatch.Record{}, map[int64]int64{}}
			order = append(order, at)
		}
		follows := b.Follows
		for _, r := range b.Records {
			parts[at].records[r.Offset], parts[at].follows[r.Offset] = r, follows
			follows = r.Offset
		}
	}
	slices.SortFunc(order, kafka.TopicPartition.Compare)
	var others []Message
	for _, at := range order {
		for offsets := range slices.Chunk(slices.Sorted(maps.Keys(parts[at].records)), n) {
			b := recordbatch.Batch{TopicPartition: at, Follows: parts[at].follows[offsets[0]]}
			for _, o := range offsets {
				b.Records = append(b.Records, parts[at].records[o])
			}
			data, attributes, err := recordbatch.Encode(&b)
			must(t, err)
			others = append(others, Message{data, attributes})
		}
	}
	return others
}

func shuffle(seed uint64, all []Message) []Message {
	r := rand.New(rand.NewPCG(seed, seed))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// flaky is ingest behind an unreliable network. Of every three requests one is lost,
// one is handled but its answer is lost, and one succeeds.
type flaky struct {
	ingest http.Handler
	calls  chan int
}

func newFlaky(ingest http.Handler) *flaky {
	f := &flaky{ingest: ingest, calls: make(chan int, 1)}
	f.calls <- 0
	return f
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := <-f.calls
	f.calls <- n + 1
	switch n % 3 {
	case 0:
		http.Error(w, "lost on the way", http.StatusBadGateway)
	case 1:
		f.ingest.ServeHTTP(discard{http.Header{}}, r)
		http.Error(w, "the answer is lost", http.StatusGatewayTimeout)
	default:
		f.ingest.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
