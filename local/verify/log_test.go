package verify

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka"
)

// What Kafka holds at offsets that raw lacks is told apart.
func TestLookTellsRecordsFromHoles(t *testing.T) {
	broker, err := kafka.Start(t.Context(), kafka.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	options := []kgo.Opt{kgo.SeedBrokers(broker.Addr())}
	// Offsets: 0 and 1 records, 2 marker; 3 and 4 aborted, 5 marker; 6 record, 7 marker.
	produce(t, options, kgo.TryCommit, 2)
	produce(t, options, kgo.TryAbort, 2)
	produce(t, options, kgo.TryCommit, 1)

	l, err := openLog(t.Context(), options, []string{"votes"})
	if err != nil {
		t.Fatal(err)
	}
	var key Key
	for key = range l.extents {
		if got := l.extents[key]; got != (extent{0, 8}) {
			t.Errorf("the partition reaches %v, want from 0 to before 8", got)
		}
	}
	found, err := l.look(t.Context(), key, []Span{{1, 3}, {3, 6}, {7, 8}}, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []content{
		{records: 1, markers: 1, missing: []int64{1}},
		{markers: 1},
		{markers: 1},
	}
	if diff := cmp.Diff(want, found, cmp.AllowUnexported(content{})); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	for from, want := range map[int64]bool{0: true, 6: true, 7: false, 8: false} {
		got, err := l.anyBetween(t.Context(), map[Key]int64{key: from})
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("records from offset %d on: %v, want %v", from, got, want)
		}
	}
}

// produce ends a transaction with n records.
func produce(t *testing.T, options []kgo.Opt, commit kgo.TransactionEndTry, n int) {
	t.Helper()
	client, err := kgo.NewClient(append(options, kgo.TransactionalID("test"), kgo.DefaultProduceTopic("votes"), kgo.AllowAutoTopicCreation())...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for range n {
		if err := client.ProduceSync(t.Context(), kgo.StringRecord("{}")).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.EndTransaction(context.WithoutCancel(t.Context()), commit); err != nil {
		t.Fatal(err)
	}
}

func TestAccount(t *testing.T) {
	key := Key{Topic: "votes", TopicID: "id"}
	l := &log{extents: map[Key]extent{key: {first: 100, end: 100}}}
	gap := func(from, end int64, jumped bool) gapRow {
		return gapRow{Key: key, FromOffset: from, EndOffset: end, Jumped: jumped}
	}
	unasked := &log{}
	tests := []struct {
		name  string
		log   *log
		row   partitionRow
		gaps  []gapRow
		gone  int64
		wrong int
	}{
		{"no gaps", l, partitionRow{Key: key, FirstOffset: 0, LastOffset: 99}, nil, 0, 0},
		{"a jump that the bridge saw", l, partitionRow{Key: key, FirstOffset: 0, LastOffset: 99}, []gapRow{gap(5, 8, true)}, 3, 0},
		{"a hole that it didn't see", l, partitionRow{Key: key, FirstOffset: 0, LastOffset: 99}, []gapRow{gap(5, 8, false)}, 3, 1},
		{"a hole in a topic that is gone", l, partitionRow{Key: Key{Topic: "old"}, FirstOffset: 0, LastOffset: 99}, []gapRow{gap(5, 8, false)}, 3, 1},
		{"a settled hole, without Kafka", unasked, partitionRow{Key: key, LastOffset: 99, NextOffset: 9}, []gapRow{gap(5, 8, false)}, 3, 1},
		{"a hole that may close, without Kafka", unasked, partitionRow{Key: key, LastOffset: 99, NextOffset: 5}, []gapRow{gap(5, 8, false)}, 3, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, findings, err := tt.log.account(t.Context(), tt.row, tt.gaps, nil)
			if err != nil {
				t.Fatal(err)
			}
			if p.Gone != tt.gone || p.Gaps != tt.gone || len(findings) != tt.wrong {
				t.Errorf("%d gaps, %d gone, findings %v; want %d and %d findings", p.Gaps, p.Gone, findings, tt.gone, tt.wrong)
			}
		})
	}
}
