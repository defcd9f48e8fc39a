//go:build cgo

package emulated

import (
	"context"
	"errors"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/emulator/cloud/guard"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/local/cli"
)

// startCloud starts the emulators and the cloud before them.
func startCloud(ctx context.Context, h *cli.Host, o cloudOptions) (*localCloud, error) {
	c, log := &localCloud{}, warnings(h)
	failed := func(err error) (*localCloud, error) { return nil, errors.Join(err, c.Close()) }
	ctx = context.WithoutCancel(ctx) // what runs is closed in order
	broker, err := kafka.Start(ctx, kafka.Options{Addr: o.addresses.Kafka, Topics: map[string]int32{"voters": 4, "votes": 4}, Logger: log})
	if err != nil {
		return failed(err)
	}
	c.kafka, c.closing = broker.Addr(), append(c.closing, broker)
	messages, err := pubsub.Start(ctx, pubsub.Options{Addr: o.addresses.PubSub, Logger: log})
	if err != nil {
		return failed(err)
	}
	c.closing = append(c.closing, messages)
	policies, buckets := policy.New(), new(cloud.Buckets)
	warehouse, err := bigquery.Start(ctx, bigquery.Options{
		RESTAddr: o.addresses.BigQuery, GRPCAddr: o.addresses.BigQueryGRPC, Logger: log, Authorize: guard.BigQueryPermissions(policies), Buckets: buckets,
	})
	if err != nil {
		return failed(err)
	}
	c.closing = append(c.closing, warehouse)
	c.Cloud, err = cloud.Start(ctx, cloud.Options{
		Addr: o.addr, Projects: []string{o.project}, Region: o.region, Owner: o.owner, Enforce: o.enforce, Policies: policies, Buckets: buckets, Logger: log,
		Kafka: c.kafka, PubSub: messages.Addr(), BigQuery: warehouse.REST(), BigQueryStorage: warehouse.GRPC(),
	})
	if err != nil {
		return failed(err)
	}
	c.closing = append(c.closing, c.Cloud)
	return c, nil
}
