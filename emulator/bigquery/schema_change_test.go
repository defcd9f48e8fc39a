package bigquery_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"cloud.google.com/go/bigquery/storage/managedwriter"
)

// No append fails because columns are added meanwhile, and the stream is told of
// them.
func TestAppendsWhileColumnsAreAdded(t *testing.T) {
	w := newWriting(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	for range 3 {
		s := w.stream(t, managedwriter.DefaultStream)
		wg.Go(func() {
			for id := int64(0); ctx.Err() == nil; id++ {
				if _, err := w.append(t, s, -1, id); err != nil {
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	for i := range 30 {
		sql := fmt.Sprintf("ALTER TABLE ds.t ADD COLUMN c%d STRING", i)
		if _, err := w.emulator.client.Query(sql).Read(t.Context()); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	stop()
	wg.Wait()
}
