package bigquery_test

import (
	"context"
	"errors"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

const project = "test-project"

// An emulator is a running server with its clients.
type emulator struct {
	*bigquery.Server
	client *bq.Client
}

func start(t testing.TB) *emulator {
	t.Helper()
	return startWith(t, bigquery.Options{})
}

func startWith(t testing.TB, opts bigquery.Options) *emulator {
	t.Helper()
	s, err := bigquery.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	e := &emulator{Server: s}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	e.client, err = bq.NewClient(t.Context(), project, option.WithEndpoint("http://"+s.REST()), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.client.Close() })
	return e
}

// managedWriter returns a client of the Storage Write API.
func (e *emulator) managedWriter(t testing.TB, opts ...option.ClientOption) *managedwriter.Client {
	t.Helper()
	opts = append([]option.ClientOption{
		option.WithEndpoint(e.GRPC()),
		option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}, opts...)
	c, err := managedwriter.NewClient(t.Context(), project, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// dataset creates a dataset.
func (e *emulator) dataset(t testing.TB, id string) *bq.Dataset {
	t.Helper()
	d := e.client.Dataset(id)
	if err := d.Create(t.Context(), &bq.DatasetMetadata{Location: "US"}); err != nil {
		t.Fatalf("create dataset %s: %v", id, err)
	}
	return d
}

// table creates a table.
func (e *emulator) table(t testing.TB, d *bq.Dataset, id string, schema bq.Schema) *bq.Table {
	t.Helper()
	table := d.Table(id)
	if err := table.Create(t.Context(), &bq.TableMetadata{Schema: schema}); err != nil {
		t.Fatalf("create table %s: %v", id, err)
	}
	return table
}

// rows reads all rows of an iterator.
func rows(t testing.TB, it *bq.RowIterator) [][]bq.Value {
	t.Helper()
	var out [][]bq.Value
	for {
		var row []bq.Value
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			return out
		}
		if err != nil {
			t.Fatalf("read a row: %v", err)
		}
		out = append(out, row)
	}
}

// busy is how many times as long as on an idle machine a thing may take beside others.
const busy = 12

// within is a context for what takes less than d on an idle machine.
func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), busy*d)
	t.Cleanup(cancel)
	return ctx
}
