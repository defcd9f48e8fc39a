package broker

import (
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/pubsub/journal"
)

// CreateTopic creates a topic.
func (b *Broker) CreateTopic(r *pubsubpb.Topic) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[r.Name] != nil {
		return alreadyExists("Topic", r.Name)
	}
	return b.changeTopic(r)
}

// changeTopic notes and makes a change. The service refuses a schema that is missing.
func (b *Broker) changeTopic(r *pubsubpb.Topic) error {
	if s := r.SchemaSettings; s != nil {
		if err := b.schemas.CheckSettings(s); err != nil {
			return err
		}
	}
	if err := b.note(journal.TopicPut, r); err != nil {
		return err
	}
	b.putTopic(r)
	return nil
}

// Topic returns a topic.
func (b *Broker) Topic(name string) (*pubsubpb.Topic, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, err := find(b.topics, "Topic", name)
	if err != nil {
		return nil, err
	}
	return t.resource, nil
}

// ChangeTopic replaces a topic by what change makes of it.
func (b *Broker) ChangeTopic(name string, change func(*pubsubpb.Topic) (*pubsubpb.Topic, error)) (*pubsubpb.Topic, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, err := find(b.topics, "Topic", name)
	if err != nil {
		return nil, err
	}
	return replace(t.resource, change, b.changeTopic)
}

// DeleteTopic deletes a topic. Its subscriptions stay, with what they still hold.
func (b *Broker) DeleteTopic(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[name] == nil {
		return notFound("Topic", name)
	}
	if err := b.note(journal.TopicDeleted, &pubsubpb.DeleteTopicRequest{Topic: name}); err != nil {
		return err
	}
	b.dropTopic(name)
	return nil
}

// Topics returns a page of the topics of a project, projects/P, and the token of the
// next page.
func (b *Broker) Topics(project string, p Page) ([]*pubsubpb.Topic, string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return resources(b.topics, p, project+"/topics/", func(t *topic) *pubsubpb.Topic { return t.resource })
}

// TopicSubscriptions returns a page of the names of a topic's subscriptions, and the
// token of the next page.
func (b *Broker) TopicSubscriptions(name string, p Page) (names []string, next string, err error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return ofTopic(b, name, p, func(t *topic) map[string]*subscription { return t.subscriptions })
}

// ofTopic returns a page of the names of what a topic has, and the token of the next page.
func ofTopic[T any](b *Broker, name string, p Page, of func(*topic) map[string]T) (names []string, next string, err error) {
	t, err := find(b.topics, "Topic", name)
	if err != nil {
		return nil, "", err
	}
	names, next = page(of(t), p, func(string) bool { return true })
	return names, next, nil
}
