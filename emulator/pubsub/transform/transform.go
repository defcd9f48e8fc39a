// Package transform changes and drops messages as the transforms of a topic or a
// subscription say: by functions in JavaScript, and by compression. Its errors are gRPC
// statuses where a transform can't be.
package transform

import (
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Pub/Sub's limits of transforms (cloud.google.com/pubsub/docs/smts/smts-overview).
const (
	maxTransforms = 5
	maxCode       = 20_000     // bytes
	maxData       = 10_000_000 // bytes of a message
)

// Chain are transforms, one after another. A nil chain has none.
type Chain struct{ steps []step }

// step changes a message, which is its own. It returns false for one that is dropped.
type step func(*pubsubpb.PubsubMessage) (bool, error)

// New reads transforms. Those that are disabled are checked, and left out; nil is none.
func New(list []*pubsubpb.MessageTransform) (*Chain, error) {
	if len(list) > maxTransforms {
		return nil, status.Errorf(codes.InvalidArgument, "There are %d message transforms: the limit is %d.", len(list), maxTransforms)
	}
	var c Chain
	for i, t := range list {
		next, err := newStep(t)
		if err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "Invalid message transform %d: %v.", i, err)
		}
		if !t.Disabled {
			c.steps = append(c.steps, next)
		}
	}
	if len(c.steps) == 0 {
		return nil, nil
	}
	return &c, nil
}

func newStep(t *pubsubpb.MessageTransform) (step, error) {
	switch kind := t.Transform.(type) {
	case *pubsubpb.MessageTransform_JavascriptUdf:
		return newFunction(kind.JavascriptUdf)
	case *pubsubpb.MessageTransform_Compression:
		return newCompression(kind.Compression)
	}
	return nil, errNoKind
}

// Apply returns what becomes of a message; nil if it is dropped. The message itself stays
// as it is.
func (c *Chain) Apply(m *pubsubpb.PubsubMessage) (*pubsubpb.PubsubMessage, error) {
	if c == nil {
		return m, nil
	}
	m = proto.Clone(m).(*pubsubpb.PubsubMessage)
	for _, next := range c.steps {
		kept, err := next(m)
		switch {
		case err != nil:
			return nil, err
		case !kept:
			return nil, nil
		case len(m.Data) == 0 && len(m.Attributes) == 0:
			return nil, errEmpty
		case len(m.Data) > maxData:
			return nil, errLarge
		}
	}
	return m, nil
}
