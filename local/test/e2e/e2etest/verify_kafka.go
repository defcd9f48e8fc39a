package e2etest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/simulate"
)

// kafka is a client of the fixture's broker.
func (l *Line) kafka(options ...kgo.Opt) *kgo.Client {
	l.t.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(l.Fixture.Brokers), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	must(l.t, err)
	l.t.Cleanup(client.Close)
	return client
}

// send produces n records to a partition of votes. They needn't be valid.
func (l *Line) send(client *kgo.Client, partition int32, n int) {
	l.t.Helper()
	for range n {
		must(l.t, client.ProduceSync(l.t.Context(), &kgo.Record{Topic: "votes", Partition: partition, Value: []byte("{}")}).FirstErr())
	}
}

// countAll counts every record that can be read from Kafka.
func (l *Line) countAll() {
	l.t.Helper()
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
}

// differs checks that an audit finds one difference, with all of these words.
func (l *Line) differs(v *verify.Verifier, want ...string) {
	l.t.Helper()
	report, err := v.Verify(l.t.Context())
	must(l.t, err)
	if len(report.Findings) != 1 || !errors.Is(report.Err(), verify.ErrDiffers) {
		l.t.Fatalf("%d findings, want 1 with %q:\n%s", len(report.Findings), want, report)
	}
	for _, part := range want {
		if text := report.Findings[0].String(); !strings.Contains(text, part) {
			l.t.Errorf("the finding doesn't say %q: %s", part, text)
		}
	}
}

// Records that Kafka holds, or held, and that weren't counted are differences that
// the audit names. When they are counted, it finds none.
func verifyWhereKafkaHoldsMore(t *testing.T, w Warehouse) {
	o := simulate.Defaults(electionDay)
	o.Voters, o.Votes, o.Election = 60, 40, simulate.BuiltIn(electionDay)
	l := NewLine(t, w, NewFixture(t, o))
	v := l.Verifier()
	plain := l.kafka()
	for _, millis := range []int64{-1 << 50, 1, 1 << 50} { // some of which no table can hold
		must(t, plain.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Timestamp: time.UnixMilli(millis), Value: []byte("{}")}).FirstErr())
	}
	l.countAll()
	l.Clean()
	admin := kadm.NewClient(plain)

	// A producer dies within a transaction, and others write after its record.
	dies := l.kafka(kgo.TransactionalID("dies"))
	must(t, dies.BeginTransaction())
	l.send(dies, 1, 1)
	l.send(plain, 1, 10)
	l.countAll()
	l.differs(v, "raw.*: votes[1]: offsets ", "lie behind the open transaction of producer ", `"dies"`, "11 records")
	must(t, dies.EndTransaction(t.Context(), kgo.TryAbort))
	l.differs(v, "votes[1]: ", "10 records that Kafka holds")
	l.countAll()
	l.Clean()

	// The topic gets a partition that no drain has read.
	_, err := admin.CreatePartitions(t.Context(), 1, "votes")
	must(t, err)
	plain = l.kafka() // which knows the partition from the start
	l.send(plain, 3, 2)
	l.differs(v, "votes[3]: none of the 2 records that Kafka holds, from offset 0 on, is in the tables")
	l.countAll()
	l.Clean()

	// Retention deletes records that weren't read.
	l.send(plain, 3, 5)
	_, err = admin.DeleteRecords(t.Context(), kadm.Offsets{"votes": {3: {Topic: "votes", Partition: 3, At: 7}}})
	must(t, err)
	deleted := "votes[3]: offsets 2 to 6 were deleted on Kafka before they were read"
	l.differs(v, deleted)
	l.send(plain, 3, 1)
	l.countAll()
	l.differs(v, deleted)
	v.AcceptDeleted = true
	report, err := v.Verify(t.Context())
	must(t, err)
	if !report.OK() {
		t.Errorf("what a person accepts is a difference:\n%s", report)
	}
	l.auditsOnlyWhatItReads(v)
}

// auditsOnlyWhatItReads checks that a topic that isn't asked for isn't audited, nor one of a
// broker that doesn't answer.
func (l *Line) auditsOnlyWhatItReads(v *verify.Verifier) {
	l.t.Helper()
	v.Topics = []string{"votes"}
	report, err := v.Verify(l.t.Context())
	must(l.t, err)
	if !errors.Is(report.Err(), verify.ErrNotAudited) || len(report.Unread) == 0 || !strings.Contains(report.String(), ": the tables have records of this topic, which KAFKA_TOPICS doesn't name") {
		l.t.Errorf("a topic that wasn't asked for:\n%s", report)
	}
	v.Kafka = []kgo.Opt{kgo.SeedBrokers("127.0.0.1:1")}
	if _, err := v.Verify(l.t.Context()); !errors.Is(err, verify.ErrNotAudited) || !strings.Contains(err.Error(), "KAFKA_BROKERS") {
		l.t.Errorf("without a broker: %v", err)
	}
}
