package snapshot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func at(hour, minute int) time.Time { return time.Date(2026, 11, 3, hour, minute, 0, 0, time.UTC) }

// minute is a row of a minute.
func minute(hour, minute int, votes int64) MinuteRow {
	return MinuteRow{Minute: at(hour, minute), State: "TX", Candidate: "ann", Votes: votes}
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

// Minutes end with the newest, unless a clock is so fast that they end before it.
func TestAnchor(t *testing.T) {
	s := &Snapshot{}
	if got := s.Anchor(); !got.IsZero() {
		t.Errorf("anchor %v without minutes, want none", got)
	}
	s.Minutes = []MinuteRow{minute(12, 0, 1), minute(14, 30, 1)}
	if got := s.Anchor(); !got.Equal(at(14, 30)) {
		t.Errorf("anchor %v, want that of the newest minute", got)
	}
	s.Books = []BookRow{{LastIngestedAt: at(13, 5)}, {LastIngestedAt: at(13, 4)}}
	if got := s.Anchor(); !got.Equal(at(13, 5)) || !MinutesFrom(got).Equal(at(11, 0)) {
		t.Errorf("anchor %v, want that of the last record, and minutes from two hours before", got)
	}
}

// An hour of which a minute is missing is read again from its start.
func TestBehind(t *testing.T) {
	hour := func(h int, votes int64) HourRow {
		return HourRow{Hour: at(h, 0), State: "TX", Candidate: "ann", Votes: votes}
	}
	minutes := []MinuteRow{minute(12, 5, 3), minute(13, 0, 2), minute(13, 59, 4), minute(14, 1, 1)}
	for name, tc := range map[string]struct {
		hours []HourRow
		want  time.Time
	}{
		"they add up":             {[]HourRow{hour(12, 3), hour(13, 6), hour(14, 1)}, time.Time{}},
		"one lacks a vote":        {[]HourRow{hour(12, 3), hour(13, 7), hour(14, 2)}, at(13, 0)},
		"one has a vote too many": {[]HourRow{hour(12, 2), hour(13, 6), hour(14, 1)}, at(12, 0)},
		"before the minutes":      {[]HourRow{hour(11, 9), hour(12, 3), hour(13, 6), hour(14, 1)}, time.Time{}},
	} {
		if got := behind(&Snapshot{Minutes: minutes, Hours: tc.hours}); !got.Equal(tc.want) {
			t.Errorf("%s: from %v, want %v", name, got, tc.want)
		}
	}
}

func TestJoinMinutes(t *testing.T) {
	before := []MinuteRow{minute(12, 0, 1), minute(12, 1, 1), minute(12, 2, 1)}
	got := joinMinutes(before, at(12, 1), []MinuteRow{minute(12, 1, 5), minute(12, 3, 6)})
	want := []MinuteRow{minute(12, 0, 1), minute(12, 1, 5), minute(12, 3, 6)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}
