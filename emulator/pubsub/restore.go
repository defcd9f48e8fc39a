package pubsub

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"
)

// restore fills a new broker from the journal in dir, which it compacts, and
// keeps it from then on.
func (b *broker) restore(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("create data directory: %w", err)
	}
	path := filepath.Join(dir, journalFile)
	if err := b.replay(path); err != nil {
		return fmt.Errorf("restore from %s: %w", path, err)
	}
	b.journal = &journal{path: path, full: make(chan struct{}, 1)}
	if err := b.compact(); err != nil {
		b.journal = nil
		return err
	}
	for _, s := range b.subscriptions { // now with the journal
		if err := b.putSubscription(s.resource); err != nil {
			return err
		}
	}
	return nil
}

// replay applies a journal's entries, if there is one.
func (b *broker) replay(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return readJournal(f, b.replayEntry)
}

func (b *broker) replayEntry(kind entryKind, body []byte) error {
	switch kind {
	case topicPut:
		return decode(body, &pubsubpb.Topic{}, func(r *pubsubpb.Topic) error { b.putTopic(r); return nil })
	case topicGone:
		return decode(body, &pubsubpb.DeleteTopicRequest{}, func(r *pubsubpb.DeleteTopicRequest) error {
			b.dropTopic(r.Topic)
			return nil
		})
	case subPut:
		return decode(body, &pubsubpb.Subscription{}, b.putSubscription)
	case subGone:
		return decode(body, &pubsubpb.DeleteSubscriptionRequest{}, func(r *pubsubpb.DeleteSubscriptionRequest) error {
			b.dropSubscription(r.Subscription)
			return nil
		})
	case published, pending:
		return decode(body, &pubsubpb.PublishRequest{}, func(r *pubsubpb.PublishRequest) error {
			b.replayMessages(kind, r)
			return nil
		})
	case acknowledged:
		return decode(body, &pubsubpb.AcknowledgeRequest{}, func(r *pubsubpb.AcknowledgeRequest) error {
			if s := b.subscriptions[r.Subscription]; s != nil {
				s.queue.forget(r.AckIds)
			}
			return nil
		})
	}
	return fmt.Errorf("unknown entry %q: was it written by a newer version?", kind)
}

func decode[M proto.Message](body []byte, into M, use func(M) error) error {
	if err := proto.Unmarshal(body, into); err != nil {
		return err
	}
	return use(into)
}

func (b *broker) replayMessages(kind entryKind, r *pubsubpb.PublishRequest) {
	for _, m := range r.Messages {
		if id, err := strconv.ParseInt(m.MessageId, 10, 64); err == nil && id > b.nextID.Load() {
			b.nextID.Store(id)
		}
	}
	if kind == pending {
		if s := b.subscriptions[r.Topic]; s != nil {
			s.queue.add(r.Messages...)
		}
		return
	}
	if t := b.topics[r.Topic]; t != nil {
		for _, s := range t.subscriptions {
			s.queue.add(r.Messages...)
		}
	}
}

// compact rewrites the journal with what there is now.
func (b *broker) compact() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.journal.rewrite(func(add func(entryKind, proto.Message) error) error {
		for _, name := range slices.Sorted(maps.Keys(b.topics)) {
			if err := add(topicPut, b.topics[name].resource); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(b.subscriptions)) {
			s := b.subscriptions[name]
			if err := add(subPut, s.resource); err != nil {
				return err
			}
			for _, m := range s.queue.messages() {
				if err := add(pending, &pubsubpb.PublishRequest{Topic: name, Messages: []*pubsubpb.PubsubMessage{m}}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
