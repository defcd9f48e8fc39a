package torture

import (
	"context"
	"errors"
	"io"
	"time"

	"cloud.google.com/go/pubsub/v2"

	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// bridgeIgnoringErrors builds a bridge whose publisher reports success when the
// publishing of a message failed.
func bridgeIgnoringErrors(ctx context.Context, getenv func(string) string) (function.Stage, error) {
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
	return ignoringBridge{bridge.NewWith(c, publisherIgnoringErrors{p}, logging.Default()), client, p}, nil
}

type ignoringBridge struct {
	*bridge.Bridge
	client    *pubsub.Client
	publisher *pubsub.Publisher
}

func (b ignoringBridge) Close(ctx context.Context) error {
	err := b.Bridge.Close(ctx)
	b.publisher.Stop()
	return errors.Join(err, b.client.Close())
}

type publisherIgnoringErrors struct{ *pubsub.Publisher }

func (p publisherIgnoringErrors) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	_, _ = p.Publisher.Publish(ctx, &pubsub.Message{Data: data, Attributes: attributes}).Get(ctx) // the broken rule
	return nil
}

// ingestIgnoringErrors builds an ingest whose appender reports success when an
// append failed.
func ingestIgnoringErrors(_ context.Context, getenv func(string) string) (function.Stage, error) {
	c, err := ingest.ConfigFrom(getenv)
	if err != nil {
		return nil, err
	}
	if c.Warehouse.Kind == endpoint.Postgres {
		pool, err := c.Warehouse.NewPostgres("ingest")
		if err != nil {
			return nil, err
		}
		return ingest.NewWith(c, appenderIgnoringErrors{postgres.NewAppender(pool)}), nil
	}
	return ingest.NewWith(c, appenderIgnoringErrors{c.Warehouse.Cloud.NewAppender()}), nil
}

// closer is an appender, which ingest closes.
type closer interface {
	ingest.Appender
	io.Closer
}

type appenderIgnoringErrors struct{ closer }

func (a appenderIgnoringErrors) Append(ctx context.Context, rows *warehouse.Rows) error {
	_ = a.closer.Append(ctx, rows) // the broken rule
	return nil
}
