package bigquery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/descriptorpb"
)

// TestConcurrentClients appends, streams, queries and merges at the same time,
// and then counts.
func TestConcurrentClients(t *testing.T) {
	const writers, requests, perRequest = 4, 25, 40
	e := start(t)
	d := e.dataset(t, "ds")
	e.table(t, d, "t", nameSchema)
	e.table(t, d, "totals", bq.Schema{{Name: "name", Type: bq.StringFieldType}, {Name: "n", Type: bq.IntegerFieldType}})
	md, self := descriptorOf(t, nameSchema)
	client := e.managedWriter(t, managedwriter.WithMultiplexing())
	ctx := within(t, 40*time.Second)
	g, ctx := errgroup.WithContext(ctx)
	for w := range writers {
		var values []map[string]any
		for i := range perRequest {
			values = append(values, map[string]any{"id": int64(i), "name": fmt.Sprintf("writer %d", w)})
		}
		batch := serialize(t, md, values...)
		g.Go(func() error { return appendAgain(ctx, client, self, batch, requests) })
	}
	g.Go(func() error {
		ins := d.Table("t").Inserter()
		for i := range int64(requests) {
			if err := ins.Put(ctx, &bq.ValuesSaver{Schema: nameSchema, Row: []bq.Value{i, "streamed"}}); err != nil {
				return err
			}
		}
		return nil
	})
	merge := `MERGE ds.totals AS t USING (SELECT name, COUNT(*) AS n FROM ds.t GROUP BY name) AS s ON t.name = s.name
		WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT (name, n) VALUES (s.name, s.n)`
	for range 2 {
		g.Go(func() error {
			for range 10 {
				if _, err := e.client.Query(merge).Read(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	e.query(t, merge)
	got := e.query(t, "SELECT COUNT(*), SUM(n), (SELECT COUNT(*) FROM ds.t) FROM ds.totals")
	const want = writers*requests*perRequest + requests
	if got[0][0] != int64(writers+1) || got[0][1] != int64(want) || got[0][2] != int64(want) {
		t.Errorf("names, rows by totals, rows: %v; want %d, %d, %d", got[0], writers+1, want, want)
	}
}

// appendAgain appends the same rows to ds.t again and again by one stream.
func appendAgain(ctx context.Context, client *managedwriter.Client, self *descriptorpb.DescriptorProto, batch [][]byte, times int) error {
	s, err := client.NewManagedStream(ctx, managedwriter.WithSchemaDescriptor(self),
		managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", "t")))
	if err != nil {
		return err
	}
	for range times {
		r, err := s.AppendRows(ctx, batch)
		if err != nil {
			return err
		}
		if _, err := r.GetResult(ctx); err != nil {
			return err
		}
	}
	return nil
}
