package broker

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/pubsub/journal"
	"github.com/tallystream/tallystream/emulator/pubsub/transform"
)

// Publish gives messages their ids and times and hands them to the topic's subscriptions:
// those that its transforms leave, if they are valid by its schema. Pub/Sub's times have
// milliseconds.
func (b *Broker) Publish(name string, messages ...*pubsubpb.PubsubMessage) ([]string, error) {
	messages, err := b.transform(name, messages)
	if err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, err := find(b.topics, "Topic", name)
	if err != nil {
		return nil, err
	}
	if err := b.applySchema(t.resource.SchemaSettings, messages); err != nil {
		return nil, err
	}
	now := timestamppb.New(time.Now().Truncate(time.Millisecond))
	ids := make([]string, len(messages))
	kept := messages[:0]
	for i, m := range messages {
		ids[i] = strconv.FormatInt(b.nextID.Add(1), 10)
		if m != nil {
			m.MessageId, m.PublishTime = ids[i], now
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		return ids, nil
	}
	if b.journal != nil && t.wanted() {
		if err := b.note(journal.Published, &pubsubpb.PublishRequest{Topic: name, Messages: kept}); err != nil {
			return nil, err
		}
	}
	t.deliver(kept)
	return ids, nil
}

// transform returns messages as a topic's transforms leave them; nil for those that they
// drop.
func (b *Broker) transform(name string, messages []*pubsubpb.PubsubMessage) ([]*pubsubpb.PubsubMessage, error) {
	b.mu.RLock()
	var chain *transform.Chain
	if t := b.topics[name]; t != nil {
		chain = t.transforms
	}
	b.mu.RUnlock()
	if chain == nil {
		return messages, nil
	}
	out := make([]*pubsubpb.PubsubMessage, len(messages))
	for i, m := range messages {
		var err error
		if out[i], err = chain.Apply(m); err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "Message %d can't be transformed: %v.", i, err)
		}
	}
	return out, nil
}

// deadLetterTimeFormat is how Pub/Sub writes the publish time in a dead letter.
const deadLetterTimeFormat = "2006-01-02T15:04:05.999-07:00"

// deadLetter publishes m to the dead-letter topic of s, with the attributes by which the
// service says where it comes from. It returns false if the topic doesn't take it.
func (b *Broker) deadLetter(s *pubsubpb.Subscription, m *pubsubpb.PubsubMessage, attempts int) bool {
	attributes := make(map[string]string, len(m.Attributes)+4)
	maps.Copy(attributes, m.Attributes)
	parts := strings.Split(s.Name, "/") // projects/PROJECT/subscriptions/ID
	attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = strconv.Itoa(attempts)
	attributes["CloudPubSubDeadLetterSourceSubscription"] = parts[3]
	attributes["CloudPubSubDeadLetterSourceSubscriptionProject"] = parts[1]
	attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] = m.PublishTime.AsTime().Format(deadLetterTimeFormat)
	ids, err := b.Publish(s.DeadLetterPolicy.DeadLetterTopic, &pubsubpb.PubsubMessage{
		Data: m.Data, Attributes: attributes, OrderingKey: m.OrderingKey,
	})
	log := b.log.With("subscription", s.Name, "message", m.MessageId, "attempts", attempts,
		"topic", s.DeadLetterPolicy.DeadLetterTopic)
	if err != nil {
		log.Warn("message can't be dead-lettered; it will be delivered again", "error", err)
		return false
	}
	log.Warn("message dead-lettered", "as", ids[0])
	return true
}
