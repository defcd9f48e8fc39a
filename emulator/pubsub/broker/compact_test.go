package broker

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/journal"
	"github.com/tallystream/tallystream/emulator/pubsub/push"
)

// open returns a broker with what dir's journal holds.
func open(dir string) (*Broker, error) {
	log := slog.New(slog.DiscardHandler)
	return New(Options{Dir: dir, Sender: push.NewSender(10, 1<<20, nil, log), Logger: log})
}

// Compaction beside publishing and acknowledging loses nothing and keeps the
// journal as small as what is left.
func TestCompact(t *testing.T) {
	dir := t.TempDir()
	b, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.CreateTopic(&pubsubpb.Topic{Name: "projects/p/topics/topic"}); err != nil {
		t.Fatal(err)
	}
	const name = "projects/p/subscriptions/sub"
	if err := b.CreateSubscription(&pubsubpb.Subscription{Name: name, Topic: "projects/p/topics/topic"}); err != nil {
		t.Fatal(err)
	}
	_, q, err := b.Pullable(name)
	if err != nil {
		t.Fatal(err)
	}
	const n = 2000
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			if _, err := b.Publish("projects/p/topics/topic", &pubsubpb.PubsubMessage{Data: make([]byte, 1000), OrderingKey: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		for acked := 0; acked < n-10; {
			got, err := q.Take(t.Context(), &delivery.Consumer{}, min(50, n-10-acked), 1<<20, time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			for _, l := range got {
				q.Acknowledge(l.AckID)
				acked++
			}
		}
	})
	for range 20 {
		if err := b.Compact(); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := b.Compact(); err != nil {
		t.Fatal(err)
	}
	b.StopPulling()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, journal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 20_000 {
		t.Errorf("journal has %d bytes for 10 messages of 1 kB", info.Size())
	}
	again, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	defer again.StopPulling()
	if left := again.subscriptions[name].queue.Messages(); len(left) != 10 {
		t.Errorf("%d messages after the restart, want 10", len(left))
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("%d files in the data directory, want the journal only: %v", len(files), files)
	}
}
