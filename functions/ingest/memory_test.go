package ingest_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/heaptest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// slow is a storage that holds what it is given for a while, with a copy of it as
// a request would be.
type slow struct {
	mu         sync.Mutex
	held, most int
	rows       int
}

func (s *slow) Append(ctx context.Context, rows *warehouse.Rows) error {
	size := 0
	var request []byte
	for _, r := range rows.Rejects {
		size += len(r.Value)
		request = append(request, r.Value...)
	}
	s.mu.Lock()
	s.rows += len(rows.Rejects)
	s.held += size
	s.most = max(s.most, s.held)
	s.mu.Unlock()
	runtime.Gosched()
	select {
	case <-time.After(20 * time.Millisecond): // that the others come meanwhile, if they can
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.held -= size
	s.mu.Unlock()
	runtime.KeepAlive(request)
	return nil
}

// Messages that take a thousandth of what they decompress to, as many at a time
// as an instance takes: all are stored, and what they hold at the same time is
// bounded.
func TestBomb(t *testing.T) {
	const (
		pushes, each = 16, 15
		inUse        = 24 << 20  // of values, in all pushes
		most         = 300 << 20 // of the heap
	)
	body := push(t, bomb(each))
	if len(body) > 100_000 {
		t.Fatalf("the bomb has %d bytes", len(body))
	}
	store := &slow{}
	h := ingest.NewWith(testConfig(), store)
	peak := heaptest.Begin(t, most)
	postAtOnce(t, h, body, pushes)
	got := peak()
	if store.rows != pushes*each || store.most > inUse {
		t.Errorf("%d rows are stored, want %d; %d MiB were held at a time, more than %d", store.rows, pushes*each, store.most>>20, inUse>>20)
	}
	if got > most {
		t.Errorf("the heap grew by %d MiB, more than %d", got>>20, most>>20)
	}
}

// postAtOnce posts a body so many times at once. Each must be taken.
func postAtOnce(t *testing.T, h http.Handler, body []byte, times int) {
	t.Helper()
	var wg sync.WaitGroup
	for range times {
		wg.Go(func() {
			if w := post(h, body); w.Code != http.StatusNoContent {
				t.Errorf("a push = %d %s", w.Code, w.Body)
			}
		})
	}
	wg.Wait()
}

// bomb is a batch of values of a megabyte that compress well.
func bomb(records int64) *recordbatch.Batch {
	b := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id"}, Follows: -1}
	for i := range records {
		b.Records = append(b.Records, record(i, strings.Repeat("a", recordbatch.MaxValue)))
	}
	return b
}

// held is a storage that keeps what it is given until it is released.
type held struct{ came, release chan struct{} }

func (s held) Append(ctx context.Context, _ *warehouse.Rows) error {
	s.came <- struct{}{}
	<-s.release
	return nil
}

// A push for which there is no room in time comes again: 503, and why.
func TestNoRoom(t *testing.T) {
	store := held{came: make(chan struct{}, 10), release: make(chan struct{})}
	h := ingest.NewWith(testConfig(), store)
	body := push(t, bomb(15))
	first := make(chan int)
	go func() { first <- post(h, body).Code }()
	<-store.came
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body)))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "the others of this instance take its memory") {
		t.Errorf("without room = %d %s", w.Code, w.Body)
	}
	close(store.release)
	if code := <-first; code != http.StatusNoContent {
		t.Errorf("the first = %d", code)
	}
}

// Messages of one vote don't wait for each other: an instance takes as many as it is
// given at a time.
func TestRoomForSmallMessages(t *testing.T) {
	const pushes = 8
	store := held{came: make(chan struct{}, pushes), release: make(chan struct{})}
	h := ingest.NewWith(testConfig(), store)
	body := push(t, &recordbatch.Batch{
		TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id"}, Follows: -1, Records: []recordbatch.Record{record(0, `{"vote_id":"b-1"}`)},
	})
	var answered sync.WaitGroup
	for range pushes {
		answered.Go(func() {
			if code := post(h, body).Code; code != http.StatusNoContent {
				t.Errorf("a push = %d", code)
			}
		})
	}
	for range pushes {
		<-store.came // all of them, while none is stored yet
	}
	close(store.release)
	answered.Wait()
}

// slowAtATime is a slow storage that stores so many messages at a time.
type slowAtATime struct {
	*slow
	most int
}

func (s slowAtATime) AtATime() int { return s.most }

// Of messages that wait for a storage, only as many are decompressed as it stores at a
// time, and one for each processor.
func TestRoomForWhatIsStored(t *testing.T) {
	const pushes, atATime = 20, 2
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	store := slowAtATime{&slow{}, atATime}
	h := ingest.NewWith(testConfig(), store)
	const reject = `{"vote_id":"b-1"}`
	body := push(t, &recordbatch.Batch{
		TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id"}, Follows: -1, Records: []recordbatch.Record{record(0, reject)},
	})
	postAtOnce(t, h, body, pushes)
	if most := store.slow.most / len(reject); store.rows != pushes || most > atATime+1 {
		t.Errorf("%d rows are stored, want %d; %d messages were held at a time, more than %d", store.rows, pushes, most, atATime+1)
	}
}
