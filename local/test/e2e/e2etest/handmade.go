package e2etest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	emulator "github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/kafka"
)

// A Hand sends handmade records to a Kafka, with the times that the test chooses, and
// enters them in a ledger. The ballot is open.
type Hand struct {
	t       *testing.T
	Fixture *Fixture
	client  *kgo.Client
	ids     map[string]string // of topics

	mu    sync.Mutex
	first error // of the broker
}

// NewHand starts a broker with topics of so many partitions.
func NewHand(t *testing.T, partitions int32) *Hand {
	t.Helper()
	broker, err := emulator.Start(t.Context(), emulator.Options{})
	must(t, err)
	t.Cleanup(func() { _ = broker.Close() })
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addr()), kgo.MaxBufferedRecords(100_000))
	must(t, err)
	t.Cleanup(client.Close)
	e := election.OpenBallot()
	h := &Hand{t: t, client: client, ids: map[string]string{}, Fixture: &Fixture{
		Brokers: broker.Addr(), Election: e, Ledger: &ledger.Ledger{Election: ledger.Election{ID: e.ID}},
	}}
	admin := kadm.NewClient(client)
	_, err = admin.CreateTopics(t.Context(), partitions, 1, nil, "voters", "votes")
	must(t, err)
	topics, err := admin.ListTopics(t.Context(), "voters", "votes")
	must(t, err)
	for name, topic := range topics {
		h.ids[name] = uuid.UUID(topic.ID).String()
	}
	return h
}

// send sends a record, and enters it in the ledger when the broker has given it an
// offset.
func (h *Hand) send(topic, value string, sent time.Time, enter func(ledger.Position)) {
	r := &kgo.Record{Topic: topic, Value: []byte(value), Timestamp: sent}
	h.client.Produce(h.t.Context(), r, func(r *kgo.Record, err error) {
		if err != nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.first = err
			return
		}
		enter(ledger.At(kafka.TopicPartition{Topic: topic, TopicID: h.ids[topic], Partition: r.Partition}, r.Offset, sent.UnixMilli()))
	})
}

// Register sends a registration.
func (h *Hand) Register(voter string, sent time.Time) {
	value := fmt.Sprintf(`{"voter_id": %q, "state": "TX", "gender": "female"}`, voter)
	h.send("voters", value, sent, func(at ledger.Position) {
		h.Fixture.Ledger.AddRegistration(ledger.Registration{Position: at, VoterID: voter, State: "TX", AgeGroup: "unknown", Gender: "female"})
	})
}

// Vote sends a vote that says when it was cast.
func (h *Hand) Vote(voter, candidate string, sent, cast time.Time) {
	value := fmt.Sprintf(`{"voter_id": %q, "candidate": %q, "timestamp": %q}`, voter, candidate, cast.Format(time.RFC3339))
	h.send("votes", value, sent, func(at ledger.Position) {
		h.Fixture.Ledger.AddVote(ledger.Vote{Position: at, VoterID: voter, Candidate: candidate, VotedAt: cast.UnixMicro()})
	})
}

// Flush waits until the broker has everything.
func (h *Hand) Flush() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), Patience)
	defer cancel()
	must(h.t, h.client.Flush(ctx))
	h.mu.Lock()
	defer h.mu.Unlock()
	must(h.t, h.first)
}
