package bigquery_test

import (
	"testing"

	bq "cloud.google.com/go/bigquery"
)

// BenchmarkSelect1 is the least a query costs, by the client's fast path.
func BenchmarkSelect1(b *testing.B) {
	e := start(b)
	q := e.client.Query("SELECT 1")
	for b.Loop() {
		it, err := q.Read(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var row []bq.Value
		if err := it.Next(&row); err != nil {
			b.Fatal(err)
		}
	}
}
