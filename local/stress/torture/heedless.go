package torture

import (
	"context"
	"errors"
	"time"

	"cloud.google.com/go/bigquery/storage/managedwriter"
	"cloud.google.com/go/pubsub/v2"

	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// heedlessBridge is the bridge over a publisher that waits for acknowledgements,
// and takes a failure for one.
func heedlessBridge(ctx context.Context, getenv func(string) string) (function.Stage, error) {
	c, err := bridge.ConfigFrom(getenv)
	if err != nil {
		return nil, err
	}
	client, err := c.Cloud.NewPubSub(ctx)
	if err != nil {
		return nil, err
	}
	p := client.Publisher(c.PubSubTopic)
	p.PublishSettings.CountThreshold = 1 // each message is a batch already
	p.PublishSettings.DelayThreshold = time.Millisecond
	return heedless{bridge.NewWith(c, heedlessPublisher{p}, logging.Default()), client, p}, nil
}

type heedless struct {
	*bridge.Bridge
	client    *pubsub.Client
	publisher *pubsub.Publisher
}

func (h heedless) Close(ctx context.Context) error {
	err := h.Bridge.Close(ctx)
	h.publisher.Stop()
	return errors.Join(err, h.client.Close())
}

type heedlessPublisher struct{ *pubsub.Publisher }

func (p heedlessPublisher) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	_, _ = p.Publisher.Publish(ctx, &pubsub.Message{Data: data, Attributes: attributes}).Get(ctx) // the broken rule
	return nil
}

// heedlessIngest is ingest over an appender that waits for the acknowledgement,
// and takes a failure for one.
func heedlessIngest(_ context.Context, getenv func(string) string) (function.Stage, error) {
	c, err := ingest.ConfigFrom(getenv)
	if err != nil {
		return nil, err
	}
	appender := warehouse.NewAppender(c.Cloud.Project, func(ctx context.Context) (*managedwriter.Client, error) {
		return c.Cloud.NewBigQueryWrite(ctx)
	})
	return ingest.NewWith(c, heedlessAppender{appender}), nil
}

type heedlessAppender struct{ *warehouse.Appender }

func (a heedlessAppender) Append(ctx context.Context, rows *warehouse.Rows) error {
	_ = a.Appender.Append(ctx, rows) // the broken rule
	return nil
}
