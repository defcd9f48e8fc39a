package broker

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/pubsub/journal"
)

// restore fills a new broker from the journal in dir, compacts the journal, and keeps it
// from then on.
func (b *Broker) restore(dir string) error {
	j := journal.New(dir)
	if err := j.Replay(b.replay); err != nil {
		return err
	}
	b.journal = j
	clear(b.held) // of what was never made
	b.expireSnapshots()
	if err := b.Compact(); err != nil {
		b.journal = nil
		return err
	}
	for _, s := range b.subscriptions { // configures the queues, now with the journal
		if err := b.putSubscription(s.resource); err != nil {
			return err
		}
	}
	return nil
}

// replay makes the change that a journal's entry tells of.
func (b *Broker) replay(kind journal.Kind, body []byte) error {
	switch kind {
	case journal.TopicPut:
		return decode(body, &pubsubpb.Topic{}, func(r *pubsubpb.Topic) error { b.putTopic(r); return nil })
	case journal.TopicDeleted:
		return decode(body, &pubsubpb.DeleteTopicRequest{}, func(r *pubsubpb.DeleteTopicRequest) error {
			b.dropTopic(r.Topic)
			return nil
		})
	case journal.SubscriptionPut:
		return decode(body, &pubsubpb.Subscription{}, b.putSubscription)
	case journal.SubscriptionDeleted:
		return decode(body, &pubsubpb.DeleteSubscriptionRequest{}, func(r *pubsubpb.DeleteSubscriptionRequest) error {
			b.dropSubscription(r.Subscription)
			return nil
		})
	case journal.SnapshotPut:
		return decode(body, &pubsubpb.Snapshot{}, func(r *pubsubpb.Snapshot) error {
			b.putSnapshot(r, b.release(r.Name))
			return nil
		})
	case journal.SnapshotDeleted:
		return decode(body, &pubsubpb.DeleteSnapshotRequest{}, func(r *pubsubpb.DeleteSnapshotRequest) error {
			b.dropSnapshot(r.Snapshot)
			return nil
		})
	case journal.Sought:
		return decode(body, &pubsubpb.SeekRequest{}, func(r *pubsubpb.SeekRequest) error {
			all := b.release(r.Subscription)
			if s := b.subscriptions[r.Subscription]; s != nil {
				s.queue.Reset(all)
			}
			return nil
		})
	case journal.SchemaPut:
		return decode(body, &pubsubpb.Schema{}, b.schemas.Restore)
	case journal.SchemaDeleted:
		return decode(body, &pubsubpb.DeleteSchemaRequest{}, func(r *pubsubpb.DeleteSchemaRequest) error {
			b.forgetSchema(r.Name)
			return b.schemas.Delete(r.Name, noted)
		})
	case journal.SchemaRevisionDeleted:
		return decode(body, &pubsubpb.DeleteSchemaRevisionRequest{}, func(r *pubsubpb.DeleteSchemaRevisionRequest) error {
			return b.schemas.DeleteRevision(r.Name, noted)
		})
	case journal.Published, journal.Pending, journal.Held, journal.Retained:
		return decode(body, &pubsubpb.PublishRequest{}, func(r *pubsubpb.PublishRequest) error {
			b.replayMessages(kind, r)
			return nil
		})
	case journal.Acknowledged:
		return decode(body, &pubsubpb.AcknowledgeRequest{}, func(r *pubsubpb.AcknowledgeRequest) error {
			if s := b.subscriptions[r.Subscription]; s != nil {
				s.queue.Forget(r.AckIds)
			}
			return nil
		})
	}
	return fmt.Errorf("unknown entry %q: was it written by a newer version?", kind)
}

// noted is of changes that the journal told of.
func noted() error { return nil }

// decode reads an entry's message and calls use with it.
func decode[M proto.Message](body []byte, into M, use func(M) error) error {
	if err := proto.Unmarshal(body, into); err != nil {
		return err
	}
	return use(into)
}

// replayMessages enqueues messages again, and lets no later id repeat one of theirs.
func (b *Broker) replayMessages(kind journal.Kind, r *pubsubpb.PublishRequest) {
	for _, m := range r.Messages {
		if id, err := strconv.ParseInt(m.MessageId, 10, 64); err == nil && id > b.nextID.Load() {
			b.nextID.Store(id)
		}
	}
	switch kind {
	case journal.Held:
		b.held[r.Topic] = append(b.held[r.Topic], r.Messages...)
	case journal.Pending:
		if s := b.subscriptions[r.Topic]; s != nil {
			s.queue.Add(r.Messages...)
		}
	case journal.Retained:
		if s := b.subscriptions[r.Topic]; s != nil {
			s.queue.Retain(r.Messages...)
		} else if t := b.topics[r.Topic]; t != nil {
			t.retain(r.Messages)
		}
	default:
		if t := b.topics[r.Topic]; t != nil {
			t.deliver(r.Messages)
		}
	}
}

// release returns the messages that are held for a name, which are nobody else's.
func (b *Broker) release(name string) []*pubsubpb.PubsubMessage {
	messages := b.held[name]
	delete(b.held, name)
	return messages
}

// JournalFull returns a channel that receives when the journal should be compacted.
func (b *Broker) JournalFull() <-chan struct{} { return b.journal.Full() }

// Compact rewrites the journal with what there is now.
func (b *Broker) Compact() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.journal.Rewrite(func(add func(journal.Kind, proto.Message) error) error {
		for _, s := range b.schemas.All() {
			if err := add(journal.SchemaPut, s); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(b.topics)) {
			t := b.topics[name]
			if err := add(journal.TopicPut, t.resource); err != nil {
				return err
			}
			if err := entries(name, t.retained(), func(m proto.Message) error { return add(journal.Retained, m) }); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(b.subscriptions)) {
			s := b.subscriptions[name]
			if err := add(journal.SubscriptionPut, s.resource); err != nil {
				return err
			}
			if err := entries(name, s.queue.Retained(), func(m proto.Message) error { return add(journal.Retained, m) }); err != nil {
				return err
			}
			for _, m := range s.queue.Messages() {
				if err := add(journal.Pending, &pubsubpb.PublishRequest{Topic: name, Messages: []*pubsubpb.PubsubMessage{m}}); err != nil {
					return err
				}
			}
		}
		return b.compactSnapshots(add)
	})
}
