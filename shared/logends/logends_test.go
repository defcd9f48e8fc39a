package logends

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

func report() *Report {
	return &Report{
		ObservedAt: time.Date(2026, 11, 3, 20, 0, 0, 123_456_000, time.UTC),
		Partitions: []Partition{
			{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", Partition: 3}, Partitions: 6,
				LogStart: 10, LastStable: 40, LogEnd: 51, Next: 40, LastRecord: 38, Deleted: 7, Open: `"dies" since 19:58`},
			{TopicPartition: kafka.TopicPartition{Topic: "voters"}, Partitions: 1, LastRecord: -1},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	data, attributes, err := Encode(report())
	if err != nil {
		t.Fatal(err)
	}
	if !Is(attributes) {
		t.Errorf("attributes %v aren't those of a report", attributes)
	}
	got, err := Decode(data, attributes)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report(), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Report)
		want   string
	}{
		"no time":        {func(r *Report) { r.ObservedAt = time.Time{} }, "observed_at"},
		"no partitions":  {func(r *Report) { r.Partitions = nil }, "0 partitions"},
		"no topic":       {func(r *Report) { r.Partitions[0].Topic = "" }, "isn't a name"},
		"beyond":         {func(r *Report) { r.Partitions[0].Partition = 6 }, "partition 6 of 6"},
		"stable too far": {func(r *Report) { r.Partitions[0].LastStable = 52 }, "stable to 52"},
		"last record":    {func(r *Report) { r.Partitions[0].LastRecord = 40 }, "below 40 is 40"},
		"deleted":        {func(r *Report) { r.Partitions[0].Deleted = -1 }, "-1 offsets"},
		"long":           {func(r *Report) { r.Partitions[0].Open = strings.Repeat("x", MaxOpen+1) }, "1001 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := report()
			tc.change(r)
			if _, _, err := Encode(r); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
	_, attributes, err := Encode(report())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode([]byte("{"), attributes); !errors.Is(err, ErrCorrupt) {
		t.Errorf("half a body: %v, want ErrCorrupt", err)
	}
	attributes[recordbatch.AttrVersion] = "2"
	if _, err := Decode([]byte("{}"), attributes); !errors.Is(err, recordbatch.ErrUnknownFormat) {
		t.Errorf("another version: %v, want ErrUnknownFormat", err)
	}
}

func FuzzDecode(f *testing.F) {
	data, attributes, err := Encode(report())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"partitions":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data, attributes)
		if err != nil {
			return
		}
		if _, _, err := Encode(r); err != nil {
			t.Errorf("what was decoded can't be encoded: %v", err)
		}
	})
}
