// Package endpoint makes the clients of Kafka, Pub/Sub and BigQuery. It is the only
// place that decides whether they are those of the cloud, an emulator or any broker.
//
// Emulators are named by the environment variables that Google's own emulators use.
// They are reached without credentials and without TLS, the cloud with the
// application's default credentials.
package endpoint

import (
	"context"
	"fmt"
	"regexp"
	"sync"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"cloud.google.com/go/pubsub/v2"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Cloud says where the services of Google Cloud are. An empty emulator address means
// the real service.
type Cloud struct {
	Project         string // GOOGLE_CLOUD_PROJECT
	PubSub          string // PUBSUB_EMULATOR_HOST, host:port of gRPC
	BigQuery        string // BIGQUERY_EMULATOR_HOST, host:port of REST
	BigQueryStorage string // BIGQUERY_STORAGE_EMULATOR_HOST, host:port of gRPC

	// Location is where the datasets are (BIGQUERY_LOCATION): US, EU or a region. If it
	// is empty, BigQuery derives it from the tables that a query names, and takes US for
	// a script that names none.
	Location string

	// DatasetPrefix stands before the names of the datasets (DATASET_PREFIX), so that several
	// elections live in one project. Empty is none.
	DatasetPrefix string
}

// datasetPrefix is what a dataset's name may begin with, in lower case, so that no two
// prefixes differ in case alone (https://cloud.google.com/bigquery/docs/datasets#dataset-naming).
var datasetPrefix = regexp.MustCompile(`^([a-z][a-z0-9_]{0,63})?$`)

// CloudFrom reads a Cloud from the environment.
func CloudFrom(env *config.Env) Cloud {
	c := Cloud{
		Project:         env.Required("GOOGLE_CLOUD_PROJECT", "set it to the project's id (any name, with emulators)"),
		PubSub:          env.Address("PUBSUB_EMULATOR_HOST"),
		BigQuery:        env.Address("BIGQUERY_EMULATOR_HOST"),
		BigQueryStorage: env.Address("BIGQUERY_STORAGE_EMULATOR_HOST"),
		Location:        env.String("BIGQUERY_LOCATION", ""),

		DatasetPrefix: env.Raw("DATASET_PREFIX"),
	}
	if !datasetPrefix.MatchString(c.DatasetPrefix) {
		env.Fail("DATASET_PREFIX", "is %q: use small letters, digits and underscores, a letter first", c.DatasetPrefix)
	}
	if (c.BigQuery == "") != (c.BigQueryStorage == "") {
		env.Fail("BIGQUERY_EMULATOR_HOST", "and BIGQUERY_STORAGE_EMULATOR_HOST go together (REST and gRPC of one emulator): set both or neither")
	}
	return c
}

// NewPubSub returns a Pub/Sub client. It opens no connection yet.
func (c Cloud) NewPubSub(ctx context.Context) (*pubsub.Client, error) {
	opts := append(grpcEmulator(c.PubSub), option.WithGRPCDialOption(experimental.WithBufferPool(messageBuffers())))
	client, err := pubsub.NewClient(ctx, c.Project, opts...)
	if err != nil {
		return nil, fmt.Errorf("Pub/Sub client for project %q: %w", c.Project, err)
	}
	return client, nil
}

// messageBuffers are what requests to Pub/Sub are written to. gRPC's own have no size between
// 32 KiB and 1 MiB, and most messages are of some hundred KiB.
var messageBuffers = sync.OnceValue(func() mem.BufferPool {
	pool, err := mem.NewBinaryTieredBufferPool(8, 12, 14, 15, 16, 17, 18, 19, 20) // powers of two
	if err != nil {
		panic(fmt.Sprintf("endpoint: buffers of messages: %v", err)) // constant sizes
	}
	return pool
})

// NewBigQuery returns a BigQuery client of the datasets with the prefix. It opens no connection yet.
func (c Cloud) NewBigQuery(ctx context.Context) (*warehouse.Client, error) {
	var opts []option.ClientOption
	if c.BigQuery != "" {
		opts = append(opts, option.WithEndpoint("http://"+c.BigQuery), option.WithoutAuthentication())
	}
	client, err := bigquery.NewClient(ctx, c.Project, opts...)
	if err != nil {
		return nil, fmt.Errorf("BigQuery client for project %q: %w", c.Project, err)
	}
	client.Location = c.Location
	return &warehouse.Client{Client: client, Prefix: c.DatasetPrefix}, nil
}

// NewBigQueryWrite returns a client of the Storage Write API that shares one
// connection between tables. It keeps ctx for as long as it lives.
func (c Cloud) NewBigQueryWrite(ctx context.Context) (*managedwriter.Client, error) {
	opts := append(grpcEmulator(c.BigQueryStorage),
		option.WithGRPCConnectionPool(1),
		managedwriter.WithMultiplexing(),
		managedwriter.WithMultiplexPoolLimit(1))
	client, err := managedwriter.NewClient(ctx, c.Project, opts...)
	if err != nil {
		return nil, fmt.Errorf("BigQuery Storage Write client for project %q: %w", c.Project, err)
	}
	return client, nil
}

// NewAppender returns an appender to the raw tables. It opens no connection yet.
func (c Cloud) NewAppender() *warehouse.Appender {
	a := warehouse.NewAppender(c.Project, c.NewBigQueryWrite)
	a.Prefix = c.DatasetPrefix
	return a
}

// grpcEmulator returns the options of a client of an emulator; none if address is empty.
func grpcEmulator(address string) []option.ClientOption {
	if address == "" {
		return nil
	}
	return []option.ClientOption{
		option.WithEndpoint(address),
		option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
}
