package pubsub

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// Compaction beside publishing and acknowledging loses nothing and keeps the
// journal as small as what is left.
func TestCompact(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	b, err := newBroker(o)
	if err != nil {
		t.Fatal(err)
	}
	p, s := publisher{broker: b}, subscriber{broker: b}
	if _, err := p.CreateTopic(t.Context(), &pubsubpb.Topic{Name: "projects/p/topics/topic"}); err != nil {
		t.Fatal(err)
	}
	const name = "projects/p/subscriptions/sub"
	if _, err := s.CreateSubscription(t.Context(), &pubsubpb.Subscription{Name: name, Topic: "projects/p/topics/topic"}); err != nil {
		t.Fatal(err)
	}
	const n = 2000
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			if _, err := b.publish("projects/p/topics/topic", &pubsubpb.PubsubMessage{Data: make([]byte, 1000), OrderingKey: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		for acked := 0; acked < n-10; {
			r, err := s.Pull(t.Context(), &pubsubpb.PullRequest{Subscription: name, MaxMessages: int32(min(50, n-10-acked))})
			if err != nil {
				t.Error(err)
				return
			}
			for _, m := range r.ReceivedMessages {
				b.subscriptions[name].queue.acknowledge(m.AckId)
				acked++
			}
		}
	})
	for range 20 {
		if err := b.compact(); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := b.compact(); err != nil {
		t.Fatal(err)
	}
	b.close()
	if err := b.journal.close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(o.Dir, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 20_000 {
		t.Errorf("journal has %d bytes for 10 messages of 1 kB", info.Size())
	}
	again, err := newBroker(o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.journal.close()
	defer again.close()
	if left := again.subscriptions[name].queue.messages(); len(left) != 10 {
		t.Errorf("%d messages after the restart, want 10", len(left))
	}
	files, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("%d files in the data directory, want the journal only: %v", len(files), files)
	}
}
