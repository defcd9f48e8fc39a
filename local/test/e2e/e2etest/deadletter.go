package e2etest

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
func (l *Line) cloud() endpoint.Cloud {
	l.t.Helper()
	env := config.From(config.FromMap(l.Env))
	cloud := endpoint.CloudFrom(env)
	must(l.t, env.Err())
	return cloud
}

// box holds this line's dead letters.
func (l *Line) box() *deadletter.Box {
	l.t.Helper()
	client, err := l.cloud().NewPubSub(l.t.Context())
	must(l.t, err)
	l.t.Cleanup(func() { _ = client.Close() })
	return &deadletter.Box{Client: client, Subscription: "kafka-records-dead-letters", Topic: "kafka-records", Wait: time.Minute}
}

func (l *Line) letters(b *deadletter.Box) *deadletter.Session {
	l.t.Helper()
	s, err := b.Open(l.t.Context())
	must(l.t, err)
	l.t.Cleanup(func() { _ = s.Close(l.t.Context()) })
	return s
}

// A dead letter leaves a gap in its partition, which the books show. The gap closes
// when the message is replayed, also twice.
func deadLetterIsReplayed(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	victim := func(m Message) bool {
		return m.Attributes[recordbatch.AttrTopic] == "votes" && m.Attributes[recordbatch.AttrPartition] == "1" &&
			m.Attributes[recordbatch.AttrFirstOffset] == "0"
	}
	// Ingest works, but for one message, as if a table refused one of its rows.
	l.Drain()
	var dead []*pubsubpb.PubsubMessage
	for _, m := range Rebatch(t, l.Messages(), 100) {
		if victim(m) {
			dead = append(dead, &pubsubpb.PubsubMessage{Data: m.Data, Attributes: m.Attributes})
			continue
		}
		l.Deliver(m)
	}
	_, err := l.Topics.Publish(t.Context(), &pubsubpb.PublishRequest{Topic: l.Topic("kafka-records-dead-letters"), Messages: dead})
	must(t, err)
	l.Pass()

	box := l.box()
	v := l.Verifier()
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
	l.Deliver(l.Messages()...)
	l.Pass()
	l.Check()
	l.Clean()
}

// A record that is dropped becomes a reject. The rest of its message counts.
func deadLetterIsFixed(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	// Messages of ten records, of which one can't be taken.
	all := Rebatch(t, l.Messages(), 10)
	poison := all[0]
	l.Deliver(all[1:]...)
	_, err := l.Topics.Publish(t.Context(), &pubsubpb.PublishRequest{
		Topic: l.Topic("kafka-records-dead-letters"), Messages: []*pubsubpb.PubsubMessage{{Data: poison.Data, Attributes: poison.Attributes}},
	})
	must(t, err)
	l.Pass()

	s := l.letters(l.box())
	if len(s.Letters) != 1 || s.Letters[0].Err != nil || len(s.Letters[0].Batch.Records) != 10 {
		t.Fatalf("dead letters %+v, want one with ten records", s.Letters)
	}
	letter := s.Letters[0]
	middle := letter.Batch.Records[len(letter.Batch.Records)/2].Offset
	must(t, s.Fix(t.Context(), letter, []deadletter.Fix{{Offset: middle, Reason: "a test leaves it out"}}, l.Tables.Appender(t)))
	l.Pass()
	if n := l.Settled(); n == int64(f.Ledger.Records()) {
		t.Error("the books have every record, though the rest of the message is on its way")
	}
	l.Deliver(l.Messages()...)
	l.Pass()
	if report := l.Verify(); !report.OK() {
		t.Errorf("after the fix:\n%s", report)
	}
	if n := l.Settled(); n != int64(f.Ledger.Records()) {
		t.Errorf("%d records are in the books, want %d", n, f.Ledger.Records())
	}
	if n := l.Count(`SELECT COUNT(*) FROM raw.rejects WHERE reason = 'dropped_by_operator' AND detail = 'a test leaves it out'`); n != 1 {
		t.Errorf("%d dropped records, want 1", n)
	}
}
