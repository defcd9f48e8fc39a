package pubsub_test

import (
	"slices"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/pubsub"
)

// drain pulls n messages, acknowledges them and returns their data, in the order in which
// they came.
func (c clients) drain(sub string, n int) []string {
	c.Helper()
	var got []string
	for len(got) < n {
		messages := c.pull(sub, n-len(got))
		for _, m := range messages {
			got = append(got, string(m.Message.Data))
		}
		c.ack(sub, messages...)
	}
	c.empty(sub)
	return got
}

// gets drains a subscription that has to have these messages, and no others.
func (c clients) gets(when, sub string, want ...string) {
	c.Helper()
	got := c.drain(sub, len(want))
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		c.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func (c clients) seek(sub string, at time.Time) {
	c.Helper()
	_, err := c.sub.Seek(c.ctx(), &pubsubpb.SeekRequest{Subscription: sub, Target: &pubsubpb.SeekRequest_Time{Time: timestamppb.New(at)}})
	if err != nil {
		c.Fatal(err)
	}
}

func (c clients) snapshot(id, sub string) *pubsubpb.Snapshot {
	c.Helper()
	s, err := c.sub.CreateSnapshot(c.ctx(), &pubsubpb.CreateSnapshotRequest{Name: c.project + "/snapshots/" + id, Subscription: sub})
	if err != nil {
		c.Fatal(err)
	}
	return s
}

func (c clients) seekTo(sub, snapshot string) error {
	_, err := c.sub.Seek(c.ctx(), &pubsubpb.SeekRequest{Subscription: sub, Target: &pubsubpb.SeekRequest_Snapshot{Snapshot: snapshot}})
	return err
}

// Acknowledged messages come again after a seek back, and only where they are retained.
func TestContractSeekBack(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	start := time.Now().Add(-time.Minute)
	retaining := c.subscribe("retaining", func(s *pubsubpb.Subscription) { s.RetainAckedMessages = true })
	forgetting := c.subscribe("forgetting", nil)
	c.publish(text("a"), text("b"))
	c.gets("first", retaining, "a", "b")
	c.gets("first", forgetting, "a", "b")
	c.publish(text("c"))
	for _, sub := range []string{retaining, forgetting} {
		c.seek(sub, start)
	}
	c.gets("after a seek back", retaining, "a", "b", "c")
	c.gets("after a seek back, not retained", forgetting, "c")
}

// What a seek forward acknowledged comes again too. (Google's emulator delivers some of it
// twice.)
func TestSeekForwardAndBack(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.RetainAckedMessages = true })
	c.publish(text("a"), text("b"))
	c.ack(sub, c.pull(sub, 1)...)
	c.seek(sub, time.Now().Add(time.Minute))
	c.empty(sub)
	c.seek(sub, time.Now().Add(-time.Minute))
	c.gets("after a seek forward and back", sub, "a", "b")
}

// A topic that retains messages has them for each subscription, and for one that is made
// later. Its retention is told by the subscription, and may be changed.
func TestTopicRetention(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	retention := durationpb.New(time.Hour)
	change := func(d *durationpb.Duration) {
		t.Helper()
		_, err := c.pub.UpdateTopic(c.ctx(), &pubsubpb.UpdateTopicRequest{
			Topic:      &pubsubpb.Topic{Name: topic, MessageRetentionDuration: d},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"message_retention_duration"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	early := c.subscribe("early", nil)
	change(retention)
	start := time.Now().Add(-time.Minute)
	c.publish(text("a"), &pubsubpb.PubsubMessage{Data: []byte("b"), Attributes: map[string]string{"state": "Ohio"}})
	c.gets("first", early, "a", "b")
	c.seek(early, start)
	c.gets("after a seek back", early, "a", "b")
	late := c.subscribe("late", func(s *pubsubpb.Subscription) { s.Filter = `attributes.state = "Ohio"` })
	c.empty(late)
	c.seek(late, start)
	c.gets("of a subscription with a filter that was made later", late, "b")
	for _, sub := range []string{early, late} {
		s, err := c.sub.GetSubscription(c.ctx(), &pubsubpb.GetSubscriptionRequest{Subscription: sub})
		if err != nil || !cmp.Equal(s.TopicMessageRetentionDuration, retention, protocmp.Transform()) {
			t.Errorf("the topic's retention is %v (%v), want %v", s.GetTopicMessageRetentionDuration(), err, retention)
		}
	}
	change(nil)
	c.seek(early, start)
	c.empty(early)
}

// A replay keeps the order of each key, also where a later message of it is with a
// consumer.
func TestReplayInOrder(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.RetainAckedMessages, s.EnableMessageOrdering = true, true })
	var want []string
	for _, data := range []string{"1", "2", "3", "4"} {
		c.publish(&pubsubpb.PubsubMessage{Data: []byte(data), OrderingKey: "k"})
		want = append(want, data)
	}
	for range 2 {
		c.ack(sub, c.pull(sub, 1)...)
	}
	held := c.pull(sub, 1)
	c.seek(sub, time.Now().Add(-time.Minute))
	c.ack(sub, held...) // of a delivery before the seek
	var got []string
	for range want {
		m := c.pull(sub, 1)
		got = append(got, string(m[0].Message.Data))
		c.ack(sub, m...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a seek back (-want +got):\n%s", diff)
	}
}

// A snapshot has what was unacknowledged when it was made and what was published since,
// for every subscription of its topic.
func TestContractSnapshots(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub, other := c.subscribe("sub", nil), c.subscribe("other", nil)
	c.publish(text("a"))
	c.gets("first", sub, "a")
	c.publish(text("b"))
	s := c.snapshot("snap", sub)
	t.Cleanup(func() { _, _ = c.sub.DeleteSnapshot(c.ctx(), &pubsubpb.DeleteSnapshotRequest{Snapshot: s.Name}) })
	c.publish(text("c"))
	c.gets("second", sub, "b", "c")
	for range 2 {
		if err := c.seekTo(sub, s.Name); err != nil {
			t.Fatal(err)
		}
		c.gets("after a seek", sub, "b", "c")
	}
	if err := c.seekTo(other, s.Name); err != nil {
		t.Fatal(err)
	}
	c.gets("of another subscription, after a seek", other, "b", "c")
}

func TestSnapshotResources(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	if _, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: c.topicName("elsewhere")}); err != nil {
		t.Fatal(err)
	}
	sub := c.subscribe("sub", nil)
	elsewhere := c.subscribe("elsewhere", func(s *pubsubpb.Subscription) { s.Topic = c.topicName("elsewhere") })
	s := c.snapshot("snap", sub)
	life := time.Until(s.ExpireTime.AsTime())
	if s.Topic != topic || life < 7*24*time.Hour-patience || life > 7*24*time.Hour {
		t.Errorf("snapshot %v, want one of %s for a week", s, topic)
	}
	unnamed, err := c.sub.CreateSnapshot(c.ctx(), &pubsubpb.CreateSnapshotRequest{Subscription: sub, Labels: map[string]string{"a": "b"}})
	if err != nil || unnamed.Labels["a"] != "b" {
		t.Fatal(unnamed, err)
	}
	names := []string{s.Name, unnamed.Name}
	slices.Sort(names)
	listed, err := c.sub.ListSnapshots(c.ctx(), &pubsubpb.ListSnapshotsRequest{Project: c.project})
	if err != nil || len(listed.Snapshots) != 2 || listed.Snapshots[0].Name != names[0] || listed.Snapshots[1].Name != names[1] {
		t.Errorf("listed %v (%v), want %q", listed, err, names)
	}
	of, err := c.pub.ListTopicSnapshots(c.ctx(), &pubsubpb.ListTopicSnapshotsRequest{Topic: topic})
	if diff := cmp.Diff(names, of.GetSnapshots()); diff != "" || err != nil {
		t.Errorf("snapshots of the topic, %v (-want +got):\n%s", err, diff)
	}
	for name, test := range map[string]struct {
		err  error
		code codes.Code
	}{
		"twice":        {second(c.sub.CreateSnapshot(c.ctx(), &pubsubpb.CreateSnapshotRequest{Name: s.Name, Subscription: sub})), codes.AlreadyExists},
		"of nothing":   {second(c.sub.CreateSnapshot(c.ctx(), &pubsubpb.CreateSnapshotRequest{Subscription: c.subName("none")})), codes.NotFound},
		"bad name":     {second(c.sub.CreateSnapshot(c.ctx(), &pubsubpb.CreateSnapshotRequest{Name: "snap", Subscription: sub})), codes.InvalidArgument},
		"other topic":  {c.seekTo(elsewhere, s.Name), codes.FailedPrecondition},
		"seek to none": {c.seekTo(sub, c.project+"/snapshots/none"), codes.NotFound},
		"no target":    {second(c.sub.Seek(c.ctx(), &pubsubpb.SeekRequest{Subscription: sub})), codes.InvalidArgument},
		"too long": {second(c.sub.UpdateSnapshot(c.ctx(), &pubsubpb.UpdateSnapshotRequest{
			Snapshot:   &pubsubpb.Snapshot{Name: s.Name, ExpireTime: timestamppb.New(time.Now().Add(30 * 24 * time.Hour))},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"expire_time"}},
		})), codes.InvalidArgument},
	} {
		if status.Code(test.err) != test.code {
			t.Errorf("%s: %v, want %v", name, test.err, test.code)
		}
	}
	if _, err := c.sub.DeleteSnapshot(c.ctx(), &pubsubpb.DeleteSnapshotRequest{Snapshot: unnamed.Name}); err != nil {
		t.Error(err)
	}
	// A time that has passed when the request is read is refused: a busy machine needs a later one.
	for soon := 100 * time.Millisecond; ; soon *= 2 {
		updated, err := c.sub.UpdateSnapshot(c.ctx(), &pubsubpb.UpdateSnapshotRequest{
			Snapshot:   &pubsubpb.Snapshot{Name: s.Name, ExpireTime: timestamppb.New(time.Now().Add(soon)), Labels: map[string]string{"c": "d"}},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"expire_time", "labels"}},
		})
		if status.Code(err) == codes.InvalidArgument && soon < time.Minute {
			continue
		}
		if err != nil || updated.Labels["c"] != "d" {
			t.Fatal(updated, err)
		}
		break
	}
	for ctx := c.ctx(); status.Code(second(c.sub.GetSnapshot(ctx, &pubsubpb.GetSnapshotRequest{Snapshot: s.Name}))) != codes.NotFound; {
		if ctx.Err() != nil {
			t.Fatal("the snapshot doesn't expire")
		}
	}
}

// second returns the error of a call.
func second[T any](_ T, err error) error { return err }

// What is retained, and where a subscription was sought to, survives the process.
func TestRetentionSurvivesRestart(t *testing.T) {
	o := pubsub.Options{Dir: t.TempDir()}
	first := server(t, o)
	c := connect(t, first.Addr())
	if _, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: c.topicName("topic"), MessageRetentionDuration: durationpb.New(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Minute)
	retaining := c.subscribe("retaining", func(s *pubsubpb.Subscription) { s.RetainAckedMessages = true })
	plain := c.subscribe("plain", nil)
	c.publish(text("a"), text("b"))
	c.gets("first", retaining, "a", "b")
	snapshot := c.snapshot("snap", plain)
	c.gets("first", plain, "a", "b")
	c.publish(text("c"))
	c.gets("second", plain, "c")
	c.gets("second", retaining, "c")
	c.seek(retaining, start)
	for range 2 { // the second time from a compacted journal
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		first = server(t, o)
		c = connect(t, first.Addr())
		c.gets("sought before the restart", retaining, "a", "b", "c")
		c.empty(plain)
		c.seek(retaining, start)
		if err := c.seekTo(plain, snapshot.Name); err != nil {
			t.Fatal(err)
		}
		c.gets("from the snapshot", plain, "a", "b", "c")
		c.seek(plain, start)
		c.gets("from the topic's retention", plain, "a", "b", "c")
	}
}
