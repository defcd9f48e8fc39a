package api

import (
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tallystream/tallystream/emulator/pubsub/filter"
	"github.com/tallystream/tallystream/emulator/pubsub/transform"
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
	if s.ExpirationPolicy == nil {
		s.ExpirationPolicy = &pubsubpb.ExpirationPolicy{Ttl: durationpb.New(defaultTTL)}
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

// validate returns what the service, or the emulator, would refuse.
func validate(s *pubsubpb.Subscription) error {
	invalid := func(format string, args ...any) error {
		return status.Errorf(codes.InvalidArgument, format, args...)
	}
	if _, err := filter.Parse(s.Filter); err != nil {
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
	if p := s.ExpirationPolicy; p != nil && p.Ttl != nil && p.Ttl.AsDuration() < minTTL {
		return invalid("Invalid expiration_policy: its ttl is %v, want at least %v.", p.Ttl.AsDuration(), minTTL)
	}
	if _, err := transform.New(s.MessageTransforms); err != nil {
		return err
	}
	return validatePushConfig(s.PushConfig)
}

func validatePushConfig(c *pubsubpb.PushConfig) error {
	for name, value := range c.GetAttributes() {
		if name != "x-goog-version" {
			return status.Errorf(codes.InvalidArgument, "Invalid push attribute %q: want x-goog-version.", name)
		}
		if value != "v1" && value != "v1beta2" {
			return status.Errorf(codes.Unimplemented, "The emulator doesn't support x-goog-version %q: want v1, or v1beta2, which is the same.", value)
		}
	}
	endpoint := c.GetPushEndpoint()
	if endpoint != "" && !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://") {
		return status.Errorf(codes.InvalidArgument, "Invalid push endpoint given (endpoint=%s): want an http or https URL.", endpoint)
	}
	return nil
}
