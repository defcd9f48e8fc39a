package snapshot

import (
	"testing"
	"time"
)

func at(hour, minute int) time.Time { return time.Date(2026, 11, 3, hour, minute, 0, 0, time.UTC) }

// Minutes end with the newest, unless a clock is so fast that they end before it.
func TestAnchor(t *testing.T) {
	s := &Snapshot{}
	if got := s.Anchor(); !got.IsZero() {
		t.Errorf("anchor %v without minutes, want none", got)
	}
	s.Minutes = []MinuteRow{{Minute: at(12, 0), Votes: 1}, {Minute: at(14, 30), Votes: 1}}
	if got := s.Anchor(); !got.Equal(at(14, 30)) {
		t.Errorf("anchor %v, want that of the newest minute", got)
	}
	s.Books = []BookRow{{LastIngestedAt: at(13, 5)}, {LastIngestedAt: at(13, 4)}}
	if got := s.Anchor(); !got.Equal(at(13, 5)) || !MinutesFrom(got).Equal(at(11, 0)) {
		t.Errorf("anchor %v, want that of the last record, and minutes from two hours before", got)
	}
}
