package bridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/decompress"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

func replayed(r drain.Replay) drain.BridgeRequest {
	return drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.CaughtUp}, Replay: &r}
}

// from and to are offsets from one to before another.
func between(from, to int) []int64 { return upTo(to)[from:] }

// A replay carries what it names, and leaves the commits alone.
func TestReplay(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 250)
	b.produce("votes", 1, 30)
	b.produce("voters", 0, 10)
	drained := &topic{}
	clean(t, b.bridge(drained).Drain(t.Context(), catchUp))
	b.produce("votes", 0, 5) // not committed yet
	before := b.committed()
	later := time.Now().Add(time.Hour)
	earlier := later.Add(-24 * time.Hour)

	all := map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(255), {Topic: "votes", Partition: 1}: upTo(30), {Topic: "voters", Partition: 0}: upTo(10)}
	tests := []struct {
		name   string
		replay drain.Replay
		want   map[kafka.TopicPartition][]int64
	}{
		{"everything", drain.Replay{}, all},
		{"a topic", drain.Replay{Topic: "voters"}, map[kafka.TopicPartition][]int64{{Topic: "voters", Partition: 0}: upTo(10)}},
		{"a partition", drain.Replay{Topic: "votes", Partition: new(int32(1))}, map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 1}: upTo(30)}},
		{"offsets", drain.Replay{Topic: "votes", Partition: new(int32(0)), From: new(int64(120)), To: new(int64(131))},
			map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: between(120, 131)}},
		{"from an offset on", drain.Replay{From: new(int64(20))}, map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: between(20, 255), {Topic: "votes", Partition: 1}: between(20, 30)}},
		{"up to an offset", drain.Replay{To: new(int64(3))}, map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(3), {Topic: "votes", Partition: 1}: upTo(3), {Topic: "voters", Partition: 0}: upTo(3)}},
		{"since yesterday", drain.Replay{FromTime: &earlier, ToTime: &later}, all},
		{"from later on", drain.Replay{FromTime: &later}, map[kafka.TopicPartition][]int64{}},
		{"up to yesterday", drain.Replay{ToTime: &earlier}, map[kafka.TopicPartition][]int64{}},
		{"what another left", drain.Replay{Next: map[string]int64{"votes/0": 200}}, map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: between(200, 255)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			again := &topic{}
			s := b.bridge(again).Drain(t.Context(), replayed(tt.replay))
			if len(s.Errors) > 0 || !s.CaughtUp || s.Lag != 0 || s.Next != nil || (len(s.Warnings) > 0) != (len(tt.want) == 0) {
				t.Errorf("summary = %+v", s)
			}
			same(t, "offsets", tt.want, again.offsets())
			for at := range tt.want {
				_, follows := again.records(at)
				for i, f := range follows {
					if want := tt.want[at][i] - 1; f != want {
						t.Errorf("%s: record %d follows %d, want %d", at, tt.want[at][i], f, want)
					}
				}
			}
			same(t, "committed", before, b.committed())
		})
	}
}

// The first record of a replay knows what came before it, across whatever lies
// between.
func TestReplayKnowsWhatCameBefore(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	tx := b.client(kgo.TransactionalID("tx"))
	// 0 record, 1 marker, 2 to 151 aborted, 152 marker, 153 record, 154 marker.
	for _, part := range []struct {
		records int
		end     kgo.TransactionEndTry
	}{{1, kgo.TryCommit}, {150, kgo.TryAbort}, {1, kgo.TryCommit}} {
		if err := tx.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for range part.records {
			if err := tx.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Value: []byte("{}")}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.EndTransaction(t.Context(), part.end); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		from    int64
		offsets []int64
		follows int64
	}{{0, []int64{0, 153}, -1}, {1, []int64{153}, 0}, {152, []int64{153}, 0}, {153, []int64{153}, 0}} {
		again := &topic{}
		s := b.bridge(again).Drain(t.Context(), replayed(drain.Replay{From: new(tt.from)}))
		clean(t, s)
		same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: tt.offsets}, again.offsets())
		if _, follows := again.records(kafka.TopicPartition{Topic: "votes", Partition: 0}); follows[0] != tt.follows {
			t.Errorf("from %d on, the first record follows %d, want %d", tt.from, follows[0], tt.follows)
		}
	}
}

// A replay that breaks off says where to go on.
func TestReplayGoesOn(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 1000)
	b.produce("voters", 0, 1)
	again := &topic{}
	again.before = func(_ context.Context, m *recordbatch.Batch) error {
		if m.Topic == "votes" && m.Records[0].Offset >= 300 {
			return errors.New("no room for more")
		}
		return nil
	}
	s := b.bridge(again).Drain(t.Context(), replayed(drain.Replay{}))
	if want := map[string]int64{"votes/0": 300}; s.CaughtUp || len(s.Errors) == 0 || !maps.Equal(s.Next, want) {
		t.Fatalf("summary = %+v, want an error, and to go on at %v", s, want)
	}
	again.before = nil
	s = b.bridge(again).Drain(t.Context(), replayed(drain.Replay{Next: s.Next}))
	clean(t, s)
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(1000), {Topic: "voters", Partition: 0}: upTo(1)}, again.once())
}

func TestReplayRefuses(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"))
	bridge := b.bridge(&topic{})
	for _, tt := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"replay":{"partition":0}}`, http.StatusBadRequest, "name the topic"},
		{`{"replay":{"from":3,"to":3}}`, http.StatusBadRequest, "holds nothing"},
		{`{"replay":{"from":-1}}`, http.StatusBadRequest, "begin at 0"},
		{`{"replay":{"from":1,"to_time":"2026-11-03T12:00:00Z"}}`, http.StatusBadRequest, "not by both"},
		{`{"replay":{"from_time":"noon"}}`, http.StatusBadRequest, "isn't a request"},
		{`{"replay":{"topic":"orders"}}`, http.StatusBadRequest, `topic \"orders\" isn't one of the bridge's (voters, votes)`},
		{`{"replay":{"topic":"votes","partition":1}}`, http.StatusBadRequest, "there is no partition votes/1: the topic has 1, which count from 0"},
		{`{"replay":{"topic":"votes","partition":0}}`, http.StatusOK, `"caught_up":true`},
	} {
		w := httptest.NewRecorder()
		bridge.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(tt.body)))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %s, want %d with %q", tt.body, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

// A batch for which there was no room for a moment is asked for again: it ends no
// replay.
func TestNoRoomIsNoReadError(t *testing.T) {
	fetches := func(err error) kgo.Fetches {
		return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "votes", Partitions: []kgo.FetchPartition{{Err: err}}}}}}
	}
	other := errors.New("corrupt")
	if readError(fetches(fmt.Errorf("unable to decompress: %w", decompress.ErrFull))) != nil || !errors.Is(readError(fetches(other)), other) {
		t.Error("only errors that end a reading are some")
	}
}

// The line of log of a replay whose time was up says where it goes on, under the name of
// the operation: where Cloud Scheduler calls, nobody gets the answer.
func TestLineOfAReplay(t *testing.T) {
	var out bytes.Buffer
	log := logging.New(&out, config.FromMap(map[string]string{"K_SERVICE": "bridge"}))
	b := startBroker(t, kfake.SeedTopics(1, "votes"))
	handler := logging.Handler("bridge", log, b.bridge(&topic{}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"operation":"op","replay":{"topic":"votes"}}`)))
	if line := out.String(); !strings.Contains(line, `"operation":"op"`) || !strings.Contains(line, `"caught_up":true`) {
		t.Errorf("line %s", line)
	}
	out.Reset()
	logging.Handler("bridge", log, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		logSummary(r.Context(), &drain.BridgeSummary{Next: map[string]int64{"votes/0": 7}})
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil))
	if line := out.String(); !strings.Contains(line, `"next":{"votes/0":7}`) {
		t.Errorf("line %s", line)
	}
}
