package e2e_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/local/operate/deadletter"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// cloud leads to this line's services.
func (l *line) cloud() endpoint.Cloud {
	l.t.Helper()
	env := config.From(config.FromMap(l.env))
	cloud := endpoint.CloudFrom(env)
	must(l.t, env.Err())
	return cloud
}

// box holds this line's dead letters.
func (l *line) box() *deadletter.Box {
	l.t.Helper()
	client, err := l.cloud().NewPubSub(l.t.Context())
	must(l.t, err)
	l.t.Cleanup(func() { _ = client.Close() })
	return &deadletter.Box{Client: client, Subscription: "kafka-records-dead", Topic: "kafka-records", Wait: time.Minute}
}

func (l *line) letters(b *deadletter.Box) *deadletter.Session {
	l.t.Helper()
	s, err := b.Open(l.t.Context())
	must(l.t, err)
	l.t.Cleanup(func() { _ = s.Close(l.t.Context()) })
	return s
}

// A dead letter leaves a gap in its partition, which the books show. The gap closes
// when the message is replayed, also twice.
func TestDeadLetterIsReplayed(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	victim := func(m message) bool {
		return m.attributes[recordbatch.AttrTopic] == "votes" && m.attributes[recordbatch.AttrPartition] == "1" &&
			m.attributes[recordbatch.AttrFirstOffset] == "0"
	}
	// Ingest works, but for one message, as if a table refused one of its rows.
	l.drain()
	var dead []*pubsubpb.PubsubMessage
	for _, m := range rebatch(t, l.messages(), 100) {
		if victim(m) {
			dead = append(dead, &pubsubpb.PubsubMessage{Data: m.data, Attributes: m.attributes})
			continue
		}
		l.deliver(m)
	}
	_, err := l.topics.Publish(t.Context(), &pubsubpb.PublishRequest{Topic: l.topic("kafka-records-dead"), Messages: dead})
	must(t, err)
	l.pass()

	box := l.box()
	v := l.verifier()
	v.DeadLetters = box.Summary
	report, err := v.Verify(t.Context())
	must(t, err)
	text := report.String()
	if !strings.Contains(text, "see the dead letters") || report.OK() {
		t.Fatalf("the audit doesn't lead to the dead letter:\n%s", text)
	}

	s := l.letters(box)
	if len(s.Letters) != 1 || s.Letters[0].Err != nil {
		t.Fatalf("dead letters %+v, want one that can be decoded", s.Letters)
	}
	again := *s.Letters[0]
	must(t, s.Replay(t.Context(), s.Letters[0], false))
	must(t, s.Replay(t.Context(), &again, false)) // a person types it twice
	l.deliver(l.messages()...)
	l.pass()
	l.check()
	l.clean()
}

// A record that is dropped becomes a reject. The rest of its message counts.
func TestDeadLetterIsFixed(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	// Messages of ten records, of which one can't be taken.
	all := rebatch(t, l.messages(), 10)
	poison := all[0]
	l.deliver(all[1:]...)
	_, err := l.topics.Publish(t.Context(), &pubsubpb.PublishRequest{
		Topic: l.topic("kafka-records-dead"), Messages: []*pubsubpb.PubsubMessage{{Data: poison.data, Attributes: poison.attributes}},
	})
	must(t, err)
	l.pass()

	s := l.letters(l.box())
	if len(s.Letters) != 1 || s.Letters[0].Err != nil || len(s.Letters[0].Batch.Records) != 10 {
		t.Fatalf("dead letters %+v, want one with ten records", s.Letters)
	}
	letter := s.Letters[0]
	cloud := l.cloud()
	appender := cloud.NewAppender()
	defer appender.Close()
	middle := letter.Batch.Records[len(letter.Batch.Records)/2].Offset
	must(t, s.Fix(t.Context(), letter, []deadletter.Fix{{Offset: middle, Reason: "a test leaves it out"}}, appender))
	l.pass()
	if n := l.settled(); n == int64(f.ledger.Records()) {
		t.Error("the books have every record, though the rest of the message is on its way")
	}
	l.deliver(l.messages()...)
	l.pass()
	if report := l.verify(); !report.OK() {
		t.Errorf("after the fix:\n%s", report)
	}
	if n := l.settled(); n != int64(f.ledger.Records()) {
		t.Errorf("%d records are in the books, want %d", n, f.ledger.Records())
	}
	if n := l.count(`SELECT COUNT(*) FROM raw.rejects WHERE reason = 'dropped_by_operator' AND detail = 'a test leaves it out'`); n != 1 {
		t.Errorf("%d dropped records, want 1", n)
	}
}
