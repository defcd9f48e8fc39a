package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/kafka"
)

// ensureTopics creates the topics that don't exist and returns the ids of all.
// Only what is missing needs the right to create it.
func ensureTopics(ctx context.Context, client *kgo.Client, partitions int32, topics ...string) (map[string]string, error) {
	if err := reach(ctx, client); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	admin := kadm.NewClient(client)
	for _, topic := range topics {
		if err := ensureTopic(ctx, admin, partitions, topic); err != nil {
			return nil, err
		}
	}
	// A broker doesn't know the settings of a topic that it doesn't know yet.
	ids, err := topicIDs(ctx, admin, topics)
	if err != nil {
		return nil, err
	}
	for _, topic := range topics {
		if err := checkSettings(ctx, admin, topic); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func ensureTopic(ctx context.Context, admin *kadm.Client, partitions int32, topic string) error {
	known, err := admin.ListTopics(ctx, topic)
	// A broker doesn't say whether a topic exists to an account that may not describe
	// it. Creating the topic tells.
	if known.Has(topic) && known[topic].Err == nil || err != nil && !errors.Is(err, kerr.TopicAuthorizationFailed) {
		return err
	}
	created, err := admin.CreateTopic(ctx, partitions, -1, nil, topic)
	err = cmp.Or(created.Err, err)
	switch {
	case err == nil, errors.Is(err, kerr.TopicAlreadyExists):
		return nil
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		return fmt.Errorf("topic %s isn't there, or isn't for this account to see, and it may not be created: "+
			"create it, or give the account Create (or, where it is there, Describe and Write) of it: %w", topic, err)
	}
	return fmt.Errorf("create topic %s with %d partitions: %w", topic, partitions, err)
}

// checkSettings refuses topics with settings by which the ledger would be wrong.
// The broker must keep the producer's timestamps: the ledger doesn't know the
// broker's own, by which the first of two votes counts. And it must keep all records.
// Settings that may not be read are taken to be right.
func checkSettings(ctx context.Context, admin *kadm.Client, topic string) error {
	configs, err := admin.DescribeTopicConfigs(ctx, topic)
	if err == nil {
		_, err = configs.On(topic, func(c *kadm.ResourceConfig) error { return c.Err })
	}
	if errors.Is(err, kerr.TopicAuthorizationFailed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the settings of topic %s: %w", topic, err)
	}
	for _, c := range configs {
		for _, setting := range c.Configs {
			switch value := setting.MaybeValue(); {
			case setting.Key == "message.timestamp.type" && value == "LogAppendTime":
				return fmt.Errorf("topic %s has message.timestamp.type=LogAppendTime: "+
					"the simulator needs CreateTime to know the order of the votes: set it, or name another topic", c.Name)
			case setting.Key == "cleanup.policy" && strings.Contains(value, "compact"):
				return fmt.Errorf("topic %s has cleanup.policy=%s: a compacted topic takes no records without keys, "+
					"and of those of one voter keeps the last, which the true result doesn't know: set it to delete, or name another topic", c.Name, value)
			}
		}
	}
	return nil
}

// reach fails soon if no broker answers.
func reach(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := client.Ping(ctx)
	brokers := client.OptValue(kgo.SeedBrokers)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no Kafka broker answers at %v: start one (go run ./local up has one), or name yours in KAFKA_BROKERS or --brokers: %w", brokers, err)
	}
	return fmt.Errorf("reach Kafka at %v: %w", brokers, err)
}

// topicIDs waits until the broker knows all topics. It takes a moment for topics
// that were just created.
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
			ids[topic] = kafka.TopicID(detail.ID)
		}
		if len(ids) == len(topics) {
			return ids, nil
		}
		if err := wait(ctx, time.Now().Add(50*time.Millisecond)); err != nil {
			return nil, fmt.Errorf("look up topics: %w", errors.Join(last, err))
		}
	}
}
