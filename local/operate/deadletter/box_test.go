package deadletter

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// newBox starts an emulator with the topics of a deployment. The emulator answers
// soon that there is no message, so that the box's own time-out doesn't end a pull on
// a busy machine.
func newBox(t *testing.T) *Box {
	t.Helper()
	return newBoxOf(t, pubsub.Options{PullWait: time.Millisecond})
}

func newBoxOf(t *testing.T, options pubsub.Options) *Box {
	t.Helper()
	server, err := pubsub.Start(t.Context(), options)
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	client, err := endpoint.Cloud{Project: "p", PubSub: server.Addr()}.NewPubSub(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = client.Close() })
	b := &Box{Client: client, Subscription: "dead", Topic: "main", Wait: time.Minute}
	for _, id := range []string{"main", "dead"} {
		_, err := client.TopicAdminClient.CreateTopic(t.Context(), &pubsubpb.Topic{Name: b.name("topics", id)})
		must(t, err)
		_, err = client.SubscriptionAdminClient.CreateSubscription(t.Context(), &pubsubpb.Subscription{
			Name: b.name("subscriptions", id), Topic: b.name("topics", id), AckDeadlineSeconds: 600,
		})
		must(t, err)
	}
	return b
}

// bury publishes to the dead letters.
func (b *Box) bury(t *testing.T, data []byte, attributes map[string]string) {
	t.Helper()
	_, err := b.Client.TopicAdminClient.Publish(t.Context(), &pubsubpb.PublishRequest{
		Topic: b.name("topics", "dead"), Messages: []*pubsubpb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	must(t, err)
}

// published takes what was published to the main topic.
func (b *Box) published(t *testing.T) []*recordbatch.Batch {
	t.Helper()
	other := *b
	other.Subscription = "main"
	s, err := other.Open(t.Context())
	must(t, err)
	var all []*recordbatch.Batch
	for _, l := range append([]*Letter(nil), s.Letters...) {
		must(t, l.Err)
		all = append(all, l.Batch)
		must(t, s.Discard(t.Context(), l))
	}
	return all
}

func (b *Box) open(t *testing.T) *Session {
	t.Helper()
	s, err := b.Open(t.Context())
	must(t, err)
	return s
}

var batch = recordbatch.Batch{
	TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id", Partition: 2}, Follows: 3,
	Records: []recordbatch.Record{
		{Offset: 4, Timestamp: 1, Value: []byte("{}"), Size: 2},
		{Offset: 5, Timestamp: 2, Value: []byte("oops"), Size: 4},
		{Offset: 7, Timestamp: 3, Value: []byte("{}"), Size: 2},
	},
}

func (b *Box) buryBatch(t *testing.T) {
	t.Helper()
	data, attributes, err := recordbatch.Encode(&batch)
	must(t, err)
	attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = "100"
	attributes["CloudPubSubDeadLetterSourceSubscription"] = "ingest"
	b.bury(t, data, attributes)
}

// A session for one letter doesn't wait for others.
func TestOpenReturnsOnceItHasTheLetters(t *testing.T) {
	b := newBoxOf(t, pubsub.Options{PullWait: time.Hour})
	b.Wait = time.Hour
	b.buryBatch(t)
	r, err := b.pull(t.Context())
	must(t, err)
	must(t, (&Session{box: b, Letters: []*Letter{read(r[0])}}).Close(t.Context()))
	s, err := b.Open(t.Context(), r[0].Message.MessageId)
	must(t, err)
	if len(s.Letters) != 1 || s.Letters[0].ID != r[0].Message.MessageId {
		t.Errorf("letters %v", s.Letters)
	}
}

func TestListLeavesLettersThere(t *testing.T) {
	b := newBox(t)
	b.buryBatch(t)
	b.bury(t, []byte("no batch"), nil)
	for range 2 {
		s := b.open(t)
		if len(s.Letters) != 2 {
			t.Fatalf("%d letters, want 2", len(s.Letters))
		}
		stranger, l := s.Letters[0], s.Letters[1]
		if want := (Span{kafka.TopicPartition{Topic: "votes", TopicID: "id", Partition: 2}, 4, 7, 3}); l.Span != want || l.Attempts != 100 || l.From != "ingest" || l.Err != nil {
			t.Errorf("letter %+v, want %+v after 100 attempts of ingest", l, want)
		}
		if (stranger.Span != Span{}) || !errors.Is(stranger.Err, recordbatch.ErrUnknownFormat) {
			t.Errorf("stranger %+v: want no place, and that its format is unknown", stranger)
		}
		must(t, s.Close(t.Context()))
	}
}

// A report of log ends holds no records: it may be replayed or discarded, and has
// nothing to fix.
func TestReportIsNoBatch(t *testing.T) {
	b := newBox(t)
	data, attributes, err := logends.Encode(&logends.Report{ObservedAt: time.Unix(1, 0), Partitions: []logends.Partition{{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Partitions: 1, LastRecord: -1}}})
	must(t, err)
	b.bury(t, data, attributes)
	s := b.open(t)
	l := s.Letters[0]
	if !l.Report || l.Err != nil || l.Batch != nil || !strings.Contains(l.Reason(), "no records") {
		t.Errorf("letter %+v, want a report", l)
	}
	if err := s.Fix(t.Context(), l, []Fix{{Offset: 1, Reason: "r"}}, nil); err == nil {
		t.Error("a report was fixed")
	}
	must(t, s.Replay(t.Context(), l, false))
}

func TestReplay(t *testing.T) {
	b := newBox(t)
	b.buryBatch(t)
	b.bury(t, []byte("no batch"), nil)
	s := b.open(t)
	stranger, l := s.Letters[0], s.Letters[1]
	if err := s.Replay(t.Context(), stranger, false); !errors.Is(err, ErrUndecodable) {
		t.Errorf("replay of a stranger: %v, want that it can't be decoded", err)
	}
	must(t, s.Replay(t.Context(), l, false))
	must(t, s.Close(t.Context()))
	if diff := cmp.Diff([]*recordbatch.Batch{&batch}, b.published(t)); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	if s := b.open(t); len(s.Letters) != 1 || s.Letters[0].ID != stranger.ID {
		t.Errorf("%d letters are left, want the stranger", len(s.Letters))
	}
}

// appended is storage of rejects.
type appended struct {
	rows []warehouse.RejectRow
	err  error
}

func (a *appended) Append(_ context.Context, rows *warehouse.Rows) error {
	a.rows = append(a.rows, rows.Rejects...)
	return a.err
}

func TestFix(t *testing.T) {
	r := batch.Records
	part := func(follows int64, records ...recordbatch.Record) *recordbatch.Batch {
		p := batch
		p.Follows, p.Records = follows, records
		return &p
	}
	rewritten := recordbatch.Record{Offset: 5, Timestamp: 2, Value: []byte(`{"a":1}`), Size: 7}
	dropped := func(offset, follows, timestamp int64, value string) warehouse.RejectRow {
		return warehouse.RejectRow{
			Origin: warehouse.Origin{Position: kafka.Position{TopicPartition: batch.TopicPartition, Offset: offset}, Follows: follows, Timestamp: time.UnixMilli(timestamp).UTC()},
			Reason: ReasonDropped, Detail: "why", Value: []byte(value), Bytes: int64(len(value)),
		}
	}
	tests := []struct {
		name  string
		fixes []Fix
		want  []*recordbatch.Batch
		rows  []warehouse.RejectRow
	}{
		{"rewrite", []Fix{{Offset: 5, Value: []byte(`{"a":1}`)}}, []*recordbatch.Batch{part(3, r[0], rewritten, r[2])}, nil},
		{"drop in the middle", []Fix{{Offset: 5, Reason: "why"}}, []*recordbatch.Batch{part(3, r[0]), part(5, r[2])},
			[]warehouse.RejectRow{dropped(5, 4, 2, "oops")}},
		{"drop the first", []Fix{{Offset: 4, Reason: "why"}}, []*recordbatch.Batch{part(4, r[1], r[2])},
			[]warehouse.RejectRow{dropped(4, 3, 1, "{}")}},
		{"drop all", []Fix{{Offset: 4, Reason: "why"}, {Offset: 5, Reason: "why"}, {Offset: 7, Reason: "why"}}, nil,
			[]warehouse.RejectRow{dropped(4, 3, 1, "{}"), dropped(5, 4, 2, "oops"), dropped(7, 5, 3, "{}")}},
	}
	b := newBox(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.buryBatch(t)
			s := b.open(t)
			var rejects appended
			must(t, s.Fix(t.Context(), s.Letters[0], tt.fixes, &rejects))
			if diff := cmp.Diff(tt.want, b.published(t)); diff != "" {
				t.Errorf("published (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rows, rejects.rows); diff != "" {
				t.Errorf("rejects (-want +got):\n%s", diff)
			}
			if len(b.open(t).Letters) > 0 {
				t.Error("the letter is still there")
			}
		})
	}
}

// A letter stays when an operation on it fails.
func TestFixFails(t *testing.T) {
	b := newBox(t)
	b.buryBatch(t)
	broken := errors.New("no warehouse")
	for _, tt := range []struct {
		name string
		fix  Fix
		want string
	}{
		{"no such offset", Fix{Offset: 6}, "has no record at offset 6"},
		{"no warehouse", Fix{Offset: 5, Reason: "why"}, "no warehouse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := b.open(t)
			if err := s.Fix(t.Context(), s.Letters[0], []Fix{tt.fix}, &appended{err: broken}); err == nil {
				t.Errorf("no error, want %s", tt.want)
			}
			must(t, s.Close(t.Context()))
			if got := b.published(t); len(got) > 0 {
				t.Errorf("%v was published", got)
			}
			again := b.open(t)
			if len(again.Letters) != 1 {
				t.Errorf("%d letters, want 1", len(again.Letters))
			}
			must(t, again.Close(t.Context()))
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
