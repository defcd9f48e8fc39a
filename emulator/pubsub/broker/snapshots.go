package broker

import (
	"maps"
	"slices"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/pubsub/journal"
)

// Pub/Sub's limits of snapshots: one lives for a week less the age of the oldest message in
// it, and isn't made for less than an hour.
const (
	snapshotLife    = 7 * 24 * time.Hour
	minSnapshotLife = time.Hour
)

// snapshot is what a subscription had not acknowledged, and what its topic has had since.
type snapshot struct {
	resource *pubsubpb.Snapshot
	topic    *topic // nil when deleted

	messages []*pubsubpb.PubsubMessage // guarded by the topic's mutex, or by the broker's without topic
}

func (s *snapshot) expired(now time.Time) bool { return !now.Before(s.resource.ExpireTime.AsTime()) }

// retained returns the messages of a snapshot.
func (s *snapshot) retained() []*pubsubpb.PubsubMessage {
	if s.topic != nil {
		s.topic.mu.Lock()
		defer s.topic.mu.Unlock()
	}
	return slices.Clone(s.messages)
}

// latestExpiry is when a snapshot of these messages expires at the latest.
func latestExpiry(messages []*pubsubpb.PubsubMessage, now time.Time) time.Time {
	oldest := now
	for _, m := range messages {
		if at := m.PublishTime.AsTime(); at.Before(oldest) {
			oldest = at
		}
	}
	return oldest.Add(snapshotLife)
}

// CreateSnapshot makes a snapshot of a subscription. It fills in the topic and the time
// when it expires.
func (b *Broker) CreateSnapshot(r *pubsubpb.Snapshot, subscription string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expireSnapshots()
	s, ok := b.subscriptions[subscription]
	switch {
	case !ok:
		return notFound("Subscription", subscription)
	case s.resource.Detached:
		return Detached(subscription)
	case b.snapshots[r.Name] != nil:
		return alreadyExists("Snapshot", r.Name)
	}
	backlog, now := s.queue.Messages(), time.Now()
	expiry := latestExpiry(backlog, now)
	if expiry.Sub(now) < minSnapshotLife {
		return status.Errorf(codes.FailedPrecondition, "The snapshot would expire in less than %v, since the oldest "+
			"unacknowledged message of the subscription is %v old (resource=%s).", minSnapshotLife, snapshotLife-expiry.Sub(now), shortName(subscription))
	}
	r.Topic, r.ExpireTime = s.resource.Topic, timestamppb.New(expiry)
	if err := b.noteHeld(r.Name, backlog); err != nil {
		return err
	}
	if err := b.note(journal.SnapshotPut, r); err != nil {
		return err
	}
	b.putSnapshot(r, backlog)
	return nil
}

// expireSnapshots deletes snapshots whose time is over. The broker's mutex is held.
func (b *Broker) expireSnapshots() {
	now := time.Now()
	for name, s := range b.snapshots {
		if s.expired(now) {
			b.dropSnapshot(name)
		}
	}
}

// Snapshot returns a snapshot.
func (b *Broker) Snapshot(name string) (*pubsubpb.Snapshot, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, err := b.unexpired(name)
	if err != nil {
		return nil, err
	}
	return s.resource, nil
}

// unexpired returns a snapshot whose time isn't over.
func (b *Broker) unexpired(name string) (*snapshot, error) {
	s, ok := b.snapshots[name]
	if !ok || s.expired(time.Now()) {
		return nil, notFound("Snapshot", name)
	}
	return s, nil
}

// ChangeSnapshot replaces a snapshot by what change makes of it. It may expire earlier, or
// as late as a new one of its messages would.
func (b *Broker) ChangeSnapshot(name string, change func(*pubsubpb.Snapshot) (*pubsubpb.Snapshot, error)) (*pubsubpb.Snapshot, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.unexpired(name)
	if err != nil {
		return nil, err
	}
	r, err := change(s.resource)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if at, latest := r.ExpireTime.AsTime(), latestExpiry(s.retained(), now); !proto.Equal(r.ExpireTime, s.resource.ExpireTime) && (at.Before(now) || at.After(latest)) {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid expire_time %s: want a time from now to %s.",
			at.Format(time.RFC3339), latest.Format(time.RFC3339))
	}
	if err := b.note(journal.SnapshotPut, r); err != nil {
		return nil, err
	}
	b.putSnapshot(r, nil)
	return r, nil
}

// DeleteSnapshot deletes a snapshot.
func (b *Broker) DeleteSnapshot(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.unexpired(name); err != nil {
		return err
	}
	if err := b.note(journal.SnapshotDeleted, &pubsubpb.DeleteSnapshotRequest{Snapshot: name}); err != nil {
		return err
	}
	b.dropSnapshot(name)
	return nil
}

// Snapshots returns a page of the snapshots of a project, projects/P, and the token of the
// next page.
func (b *Broker) Snapshots(project string, p Page) ([]*pubsubpb.Snapshot, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expireSnapshots()
	return resources(b.snapshots, p, project+"/snapshots/", func(s *snapshot) *pubsubpb.Snapshot { return s.resource })
}

// TopicSnapshots returns a page of the names of a topic's snapshots, and the token of the
// next page.
func (b *Broker) TopicSnapshots(name string, p Page) (names []string, next string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expireSnapshots()
	return ofTopic(b, name, p, func(t *topic) map[string]*snapshot { return t.snapshots })
}

// SeekToTime makes the messages of a subscription that were published before a time
// acknowledged, and all later ones that it, or its topic, retains unacknowledged.
func (b *Broker) SeekToTime(name string, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.attached(name)
	if err != nil {
		return err
	}
	var more []*pubsubpb.PubsubMessage
	if s.topic != nil {
		more = s.topic.retained()
	}
	return b.seek(s, more, func(m *pubsubpb.PubsubMessage) bool { return !m.PublishTime.AsTime().Before(at) })
}

// SeekToSnapshot makes those messages of a subscription unacknowledged that a snapshot of
// its topic has, and no others.
func (b *Broker) SeekToSnapshot(name, snapshot string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.attached(name)
	if err != nil {
		return err
	}
	of, err := b.unexpired(snapshot)
	if err != nil {
		return err
	}
	if of.topic != s.topic || s.topic == nil { // which one was deleted isn't known
		return status.Errorf(codes.FailedPrecondition, "The snapshot's topic must be the same as that of the subscription: "+
			"it is %s, and the subscription's is %s.", of.resource.Topic, s.resource.Topic)
	}
	messages := of.retained()
	ids := make(map[string]bool, len(messages))
	for _, m := range messages {
		ids[m.MessageId] = true
	}
	return b.seek(s, messages, func(m *pubsubpb.PubsubMessage) bool { return ids[m.MessageId] })
}

// attached returns a subscription that isn't detached.
func (b *Broker) attached(name string) (*subscription, error) {
	s, err := find(b.subscriptions, "Subscription", name)
	if err != nil {
		return nil, err
	}
	if s.resource.Detached {
		return nil, Detached(name)
	}
	return s, nil
}

// seek seeks in a subscription's queue, and notes what is unacknowledged then.
func (b *Broker) seek(s *subscription, more []*pubsubpb.PubsubMessage, wanted func(*pubsubpb.PubsubMessage) bool) error {
	name := s.resource.Name
	return s.queue.Seek(wanted, more, func(all []*pubsubpb.PubsubMessage) error {
		if err := b.noteHeld(name, all); err != nil {
			return err
		}
		return b.note(journal.Sought, &pubsubpb.SeekRequest{Subscription: name})
	})
}

// noteHeld notes messages of the snapshot or the seek that is noted next under this name.
func (b *Broker) noteHeld(name string, messages []*pubsubpb.PubsubMessage) error {
	if b.journal == nil {
		return nil
	}
	return entries(name, messages, func(m proto.Message) error { return b.note(journal.Held, m) })
}

// entries calls add with messages under a name, in parts that fit into a journal's entry.
func entries(name string, messages []*pubsubpb.PubsubMessage, add func(proto.Message) error) error {
	for part := range slices.Chunk(messages, 10) { // of at most 10 MB each
		if err := add(&pubsubpb.PublishRequest{Topic: name, Messages: part}); err != nil {
			return err
		}
	}
	return nil
}

// putSnapshot makes a snapshot with messages, or changes one and leaves those it has.
func (b *Broker) putSnapshot(r *pubsubpb.Snapshot, messages []*pubsubpb.PubsubMessage) {
	if s, ok := b.snapshots[r.Name]; ok {
		s.resource = r
		return
	}
	s := &snapshot{resource: r, topic: b.topics[r.Topic], messages: messages}
	b.snapshots[r.Name] = s
	if s.topic != nil {
		s.topic.snapshots[r.Name] = s
	}
}

// dropSnapshot deletes a snapshot, if there is one.
func (b *Broker) dropSnapshot(name string) {
	s, ok := b.snapshots[name]
	if !ok {
		return
	}
	delete(b.snapshots, name)
	if s.topic != nil {
		delete(s.topic.snapshots, name)
	}
}

// compactSnapshots adds the snapshots to a new journal.
func (b *Broker) compactSnapshots(add func(journal.Kind, proto.Message) error) error {
	for _, name := range slices.Sorted(maps.Keys(b.snapshots)) {
		s := b.snapshots[name]
		if err := entries(name, s.retained(), func(m proto.Message) error { return add(journal.Held, m) }); err != nil {
			return err
		}
		if err := add(journal.SnapshotPut, s.resource); err != nil {
			return err
		}
	}
	return nil
}
