package simulate

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	emulator "github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/kafka"
)

// TestLedgerKnowsThePositions reads everything back. Each record must be at the
// position that the ledger has for it, and have the content of its entry.
func TestLedgerKnowsThePositions(t *testing.T) {
	broker, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Close() })
	o := everything()
	o.Voters, o.Votes, o.HugeBytes = 600, 500, 11<<20 // the usual huge record must pass a usual broker
	s := newSimulation(t, o)
	p, err := NewProducer(t.Context(), s, kgo.SeedBrokers(broker.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := p.Ledger().Records(), s.Registrations()+s.Day(); got != want {
		t.Errorf("the ledger has %d records, want %d", got, want)
	}

	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addr()), kgo.ConsumeTopics(o.VotersTopic, o.VotesTopic),
		kgo.FetchMaxBytes(64<<20), kgo.FetchMaxPartitionBytes(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	want := map[ledger.Position]string{}
	for _, v := range p.Ledger().Votes {
		want[bare(v.Position)] = v.VoteID
	}
	for _, v := range p.Ledger().Registrations {
		want[bare(v.Position)] = v.VoterID
	}
	for _, v := range p.Ledger().Rejects {
		want[bare(v.Position)] = ""
	}
	got := map[ledger.Position]string{}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	for len(got) < len(want) {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d of %d records: %v", len(got), len(want), err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at := ledger.At(kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}, r.Offset, r.Timestamp.UnixMilli())
			got[at] = identity(r, want[at])
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records by position (-ledger +broker):\n%s", diff)
	}
}

// bare is the position without the topic's id, which a consumer isn't told.
func bare(p ledger.Position) ledger.Position {
	p.TopicID = ""
	return p
}

// identity is the wanted id where the record holds it, else the record.
func identity(r *kgo.Record, want string) string {
	if len(want) > 0 && !bytes.Contains(r.Value, []byte(`"`+want+`"`)) {
		return string(r.Value)
	}
	return want
}

func TestPaceFollowsTheRate(t *testing.T) {
	broker, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Close() })
	o := Defaults(day)
	o.Voters, o.Votes, o.Rate = 200, 100, 1000
	s := newSimulation(t, o)
	p, err := NewProducer(t.Context(), s, kgo.SeedBrokers(broker.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var registered, last int64
	for _, r := range p.Ledger().Registrations {
		registered = max(registered, r.Timestamp)
	}
	for _, v := range p.Ledger().Votes {
		last = max(last, v.Timestamp)
	}
	// A busy machine may be slower, even with the first vote, but nothing may be early.
	if got := time.Duration(last-registered) * time.Millisecond; got < 95*time.Millisecond {
		t.Errorf("100 votes at 1,000 a second were sent %v after the last registration", got)
	}
}

func TestNoBroker(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nobody listens there now
	_, err = NewProducer(t.Context(), newSimulation(t, everything()), kgo.SeedBrokers(address))
	if err == nil || !strings.Contains(err.Error(), "no Kafka broker answers at ["+address+"]") {
		t.Errorf("got %v, want an error that names %s", err, address)
	}
}
