package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ensureTopics creates the topics that don't exist and returns the ids of all.
// The broker must keep producers' timestamps: with its own, only reading
// everything back would tell which of two votes was first.
func ensureTopics(ctx context.Context, client *kgo.Client, partitions int32, topics ...string) (map[string]string, error) {
	if err := reach(ctx, client); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	admin := kadm.NewClient(client)
	created, err := admin.CreateTopics(ctx, partitions, -1, nil, topics...)
	if err != nil {
		return nil, fmt.Errorf("create topics %v: %w", topics, err)
	}
	for _, c := range created.Sorted() {
		if c.Err != nil && !errors.Is(c.Err, kerr.TopicAlreadyExists) {
			return nil, fmt.Errorf("create topic %s with %d partitions: %w", c.Topic, partitions, c.Err)
		}
	}
	configs, err := admin.DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("read the settings of topics %v: %w", topics, err)
	}
	for _, c := range configs {
		for _, setting := range c.Configs {
			if setting.Key == "message.timestamp.type" && setting.MaybeValue() == "LogAppendTime" {
				return nil, fmt.Errorf("topic %s has message.timestamp.type=LogAppendTime: "+
					"the simulator needs CreateTime to know the order of the votes", c.Name)
			}
		}
	}
	return topicIDs(ctx, admin, topics)
}

// reach finds out soon whether there is a broker.
func reach(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		brokers := client.OptValue(kgo.SeedBrokers)
		return fmt.Errorf("no Kafka broker answers at %v: start one (go run ./local up has one), or name yours: %w", brokers, err)
	}
	return nil
}

// topicIDs waits until the broker tells about all topics: those just created
// take a moment.
func topicIDs(ctx context.Context, admin *kadm.Client, topics []string) (map[string]string, error) {
	for {
		known, err := admin.ListTopics(ctx, topics...)
		if err != nil {
			return nil, fmt.Errorf("look up topics %v: %w", topics, err)
		}
		ids, last := map[string]string{}, error(nil)
		for _, topic := range topics {
			detail := known[topic]
			if detail.Err != nil || len(detail.Partitions) == 0 {
				last = fmt.Errorf("topic %s: %w", topic, detail.Err)
				continue
			}
			ids[topic] = topicID(detail.ID)
		}
		if len(ids) == len(topics) {
			return ids, nil
		}
		if err := wait(ctx, time.Now().Add(50*time.Millisecond)); err != nil {
			return nil, fmt.Errorf("look up topics: %w", errors.Join(last, err))
		}
	}
}

// topicID is the id as the tables have it: empty where the broker gives none.
func topicID(id kadm.TopicID) string {
	if id == (kadm.TopicID{}) {
		return ""
	}
	return uuid.UUID(id).String()
}
