package stores

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

func at(hour, minute int) time.Time { return time.Date(2026, 11, 3, hour, minute, 0, 0, time.UTC) }

// minute is a row of a minute.
func minute(hour, minute int, votes int64) snapshot.MinuteRow {
	return snapshot.MinuteRow{Minute: at(hour, minute), State: "TX", Candidate: "ann", Votes: votes}
}

func TestUnpack(t *testing.T) {
	for text, want := range map[string][][2]int64{"": nil, "1 2": {{1, 2}}, "1 2 -3 4": {{1, 2}, {-3, 4}}} {
		var got [][2]int64
		if err := unpack(text, 2, func(n []int64) { got = append(got, [2]int64{n[0], n[1]}) }); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{"1", "1 2 3", "1 x", "1  2"} {
		if err := unpack(text, 2, func([]int64) {}); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// An hour of which a minute is missing is read again from its start.
func TestBehind(t *testing.T) {
	hour := func(h int, votes int64) snapshot.HourRow {
		return snapshot.HourRow{Hour: at(h, 0), State: "TX", Candidate: "ann", Votes: votes}
	}
	minutes := []snapshot.MinuteRow{minute(12, 5, 3), minute(13, 0, 2), minute(13, 59, 4), minute(14, 1, 1)}
	for name, tc := range map[string]struct {
		hours []snapshot.HourRow
		want  time.Time
	}{
		"they add up":             {[]snapshot.HourRow{hour(12, 3), hour(13, 6), hour(14, 1)}, time.Time{}},
		"one lacks a vote":        {[]snapshot.HourRow{hour(12, 3), hour(13, 7), hour(14, 2)}, at(13, 0)},
		"one has a vote too many": {[]snapshot.HourRow{hour(12, 2), hour(13, 6), hour(14, 1)}, at(12, 0)},
		"before the minutes":      {[]snapshot.HourRow{hour(11, 9), hour(12, 3), hour(13, 6), hour(14, 1)}, time.Time{}},
	} {
		if got := behind(&snapshot.Snapshot{Minutes: minutes, Hours: tc.hours}); !got.Equal(tc.want) {
			t.Errorf("%s: from %v, want %v", name, got, tc.want)
		}
	}
}

func TestJoinMinutes(t *testing.T) {
	before := []snapshot.MinuteRow{minute(12, 0, 1), minute(12, 1, 1), minute(12, 2, 1)}
	got := joinMinutes(before, at(12, 1), []snapshot.MinuteRow{minute(12, 1, 5), minute(12, 3, 6)})
	want := []snapshot.MinuteRow{minute(12, 0, 1), minute(12, 1, 5), minute(12, 3, 6)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}
