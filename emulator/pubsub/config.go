package pubsub

import (
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Pub/Sub's limits and defaults for subscriptions.
const (
	defaultAckDeadline  = 10 // seconds
	minAckDeadline      = 10
	maxAckDeadline      = 600
	defaultMaxAttempts  = 5
	minMaxAttempts      = 5
	maxMaxAttempts      = 100
	defaultSubRetention = 7 * 24 * time.Hour
	minSubRetention     = 10 * time.Minute
	maxSubRetention     = 31 * 24 * time.Hour
)

// complete returns a copy of a subscription with defaults filled in, or what
// the service would refuse about it.
func complete(in *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
	s := proto.Clone(in).(*pubsubpb.Subscription)
	s.State = pubsubpb.Subscription_ACTIVE
	if s.PushConfig == nil {
		s.PushConfig = &pubsubpb.PushConfig{}
	}
	if s.AckDeadlineSeconds == 0 {
		s.AckDeadlineSeconds = defaultAckDeadline
	}
	if s.MessageRetentionDuration == nil {
		s.MessageRetentionDuration = durationpb.New(defaultSubRetention)
	}
	if p := s.DeadLetterPolicy; p != nil && p.MaxDeliveryAttempts == 0 {
		p.MaxDeliveryAttempts = defaultMaxAttempts
	}
	if p := s.RetryPolicy; p != nil {
		if p.MinimumBackoff == nil {
			p.MinimumBackoff = durationpb.New(defaultMinBackoff)
		}
		if p.MaximumBackoff == nil {
			p.MaximumBackoff = durationpb.New(defaultMaxBackoff)
		}
	}
	return s, validate(s)
}

func validate(s *pubsubpb.Subscription) error {
	invalid := func(format string, args ...any) error {
		return status.Errorf(codes.InvalidArgument, format, args...)
	}
	if _, err := parseFilter(s.Filter); err != nil {
		return invalid("The subscription filter %q is invalid: %v.", s.Filter, err)
	}
	if d := s.AckDeadlineSeconds; d < minAckDeadline || d > maxAckDeadline {
		return invalid("Invalid ack deadline given (ack_deadline_seconds=%d): want %d to %d.", d, minAckDeadline, maxAckDeadline)
	}
	if d := s.MessageRetentionDuration.AsDuration(); d < minSubRetention || d > maxSubRetention {
		return invalid("Invalid message_retention_duration %v: want %v to %v.", d, minSubRetention, maxSubRetention)
	}
	if p := s.DeadLetterPolicy; p != nil {
		if n := p.MaxDeliveryAttempts; n < minMaxAttempts || n > maxMaxAttempts {
			return invalid("Invalid max_delivery_attempts %d: want %d to %d.", n, minMaxAttempts, maxMaxAttempts)
		}
	}
	if p := s.RetryPolicy; p != nil {
		lo, hi := p.MinimumBackoff.AsDuration(), p.MaximumBackoff.AsDuration()
		if lo < 0 || hi > defaultMaxBackoff || lo > hi {
			return invalid("Invalid retry policy: want 0 <= minimum_backoff (%v) <= maximum_backoff (%v) <= %v.", lo, hi, defaultMaxBackoff)
		}
	}
	for name, set := range map[string]bool{
		"bigquery_config":      s.BigqueryConfig != nil,
		"cloud_storage_config": s.CloudStorageConfig != nil,
		"bigtable_config":      s.BigtableConfig != nil,
		"message_transforms":   len(s.MessageTransforms) > 0,
	} {
		if set {
			return status.Errorf(codes.Unimplemented, "The emulator doesn't support %s.", name)
		}
	}
	return validatePushConfig(s.PushConfig)
}

func validatePushConfig(c *pubsubpb.PushConfig) error {
	endpoint := c.GetPushEndpoint()
	if endpoint != "" && !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://") {
		return status.Errorf(codes.InvalidArgument, "Invalid push endpoint given (endpoint=%s): want an http or https URL.", endpoint)
	}
	return nil
}

// queueConfig translates a completed subscription.
func (b *broker) queueConfig(s *pubsubpb.Subscription, f filter) queueConfig {
	c := queueConfig{
		ackDeadline: time.Duration(s.AckDeadlineSeconds) * time.Second,
		retention:   s.MessageRetentionDuration.AsDuration(),
		ordered:     s.EnableMessageOrdering,
		accepts:     f,
	}
	switch p := s.RetryPolicy; {
	case p != nil:
		c.backoff = backoff{min: p.MinimumBackoff.AsDuration(), max: p.MaximumBackoff.AsDuration()}
	case s.PushConfig.PushEndpoint != "":
		c.backoff = backoff{min: minPushBackoff, max: maxPushBackoff}
	}
	if b.journal != nil {
		c.done = func(ids []string) {
			if err := b.journal.done(s.Name, ids); err != nil {
				b.options.Logger.Error("journal can't be written; messages will come again after a restart", "error", err)
			}
		}
	}
	if p := s.DeadLetterPolicy; p != nil {
		c.maxAttempts = int(p.MaxDeliveryAttempts)
		c.deadLetter = func(m *pubsubpb.PubsubMessage, attempts int) bool {
			return b.deadLetter(s, m, attempts)
		}
	}
	return c
}

// deadLetter publishes m to the dead-letter topic of s, with the attributes by
// which the service says where it comes from.
func (b *broker) deadLetter(s *pubsubpb.Subscription, m *pubsubpb.PubsubMessage, attempts int) bool {
	attributes := make(map[string]string, len(m.Attributes)+4)
	for k, v := range m.Attributes {
		attributes[k] = v
	}
	project, id := splitName(s.Name)
	attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = strconv.Itoa(attempts)
	attributes["CloudPubSubDeadLetterSourceSubscription"] = id
	attributes["CloudPubSubDeadLetterSourceSubscriptionProject"] = project
	attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] = m.PublishTime.AsTime().Format(deadLetterTimeFormat)
	ids, err := b.publish(s.DeadLetterPolicy.DeadLetterTopic, &pubsubpb.PubsubMessage{
		Data: m.Data, Attributes: attributes, OrderingKey: m.OrderingKey,
	})
	log := b.options.Logger.With("subscription", s.Name, "message", m.MessageId, "attempts", attempts,
		"topic", s.DeadLetterPolicy.DeadLetterTopic)
	if err != nil {
		log.Warn("message can't be dead-lettered; it will be delivered again", "error", err)
		return false
	}
	log.Warn("message dead-lettered", "as", ids[0])
	return true
}

// deadLetterTimeFormat is how the attribute of a dead letter is written.
const deadLetterTimeFormat = "2006-01-02T15:04:05.999-07:00"

// timeFormat is RFC 3339 with milliseconds, as Pub/Sub writes times.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"
