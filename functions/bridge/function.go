// Package bridge is the function that carries Kafka records to Pub/Sub. One
// call is a drain: it reads its share of the partitions from their last committed
// offsets on, packs the records of each partition into messages, publishes them,
// and commits what Pub/Sub has acknowledged, until its time is up or it has caught
// up. It doesn't look into records.
//
// A drain has these parts, in loop.go:
//
//	discoverer   finds the partitions to read, and where to begin
//	reader       reads their records
//	batcher      packs the records of a partition into a message
//	publisher    publishes messages, and notes what is acknowledged
//	committer    commits up to where a partition is acknowledged without a gap
//	reporter     reports how far the logs reach and how far they are carried
//
// Partitions are assigned directly. Offsets are committed to a group that nobody
// joins, so that a drain that is killed leaves no member behind and the next begins
// to read at once. Delivery is at least once: two drains of one partition, or one
// that is killed, repeat records and lose none.
//
// Where a log has lost what was read, the records that come at the same offsets
// again are carried as those of another incarnation of their partition; see package
// kafkalog. Package decompress bounds what batches decompress to.
package bridge

import (
	"context"
	"errors"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

func init() { function.Register("bridge", ConfigFrom, New) }

// New returns the bridge that publishes to Pub/Sub. Nothing is dialled yet.
func New(ctx context.Context, c Config) (*Bridge, error) {
	client, err := c.Cloud.NewPubSub(ctx)
	if err != nil {
		return nil, err
	}
	publisher := newTopicPublisher(client, c.PubSubTopic)
	b := NewWith(c, publisher, logging.Default())
	b.release = func(ctx context.Context) error {
		return errors.Join(publisher.stop(ctx), client.Close())
	}
	return b, nil
}

// NewWith returns the bridge that publishes by any publisher.
func NewWith(c Config, publisher Publisher, log *slog.Logger) *Bridge {
	return &Bridge{
		config:    c,
		publisher: publisher,
		log:       log,
		release:   func(context.Context) error { return nil },
		commits: func(admin *kadm.Client) kafkalog.Commits {
			return kafkalog.Group{Admin: admin, Name: c.Group}
		},
		drains: function.NewWork(),
	}
}
