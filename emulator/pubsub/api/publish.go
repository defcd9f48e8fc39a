package api

import (
	"context"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Publish publishes messages.
func (p Publisher) Publish(_ context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	if err := checkPublish(r); err != nil {
		return nil, err
	}
	ids, err := p.Broker.Publish(r.Topic, r.Messages...)
	if err != nil {
		return nil, err
	}
	return &pubsubpb.PublishResponse{MessageIds: ids}, nil
}

// checkPublish refuses what the service would refuse.
func checkPublish(r *pubsubpb.PublishRequest) error {
	invalid := func(format string, args ...any) error {
		return status.Errorf(codes.InvalidArgument, format, args...)
	}
	if n := len(r.Messages); n == 0 || n > maxPublishMessages {
		return invalid("The request has %d messages: want 1 to %d.", n, maxPublishMessages)
	}
	if n := proto.Size(r); n > maxPublishBytes {
		return invalid("The request has %d bytes: the limit is %d.", n, maxPublishBytes)
	}
	for i, m := range r.Messages {
		if len(m.Data) == 0 && len(m.Attributes) == 0 {
			return invalid("Message %d is empty: it needs data or at least one attribute.", i)
		}
		if len(m.OrderingKey) > maxOrderingKey {
			return invalid("Message %d: the ordering key has %d bytes; the limit is %d.", i, len(m.OrderingKey), maxOrderingKey)
		}
		if len(m.Attributes) > maxAttributes {
			return invalid("Message %d has %d attributes: the limit is %d.", i, len(m.Attributes), maxAttributes)
		}
		for k, v := range m.Attributes {
			if k == "" || len(k) > maxAttributeKey || len(v) > maxAttributeValue {
				return invalid("Message %d, attribute %.32q: want a key of 1 to %d bytes and a value of at most %d.",
					i, k, maxAttributeKey, maxAttributeValue)
			}
		}
	}
	return nil
}
