package drain

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

func TestIdle(t *testing.T) {
	opens := time.Date(2026, 11, 3, 6, 0, 0, 0, time.UTC)
	hours := &election.Election{Opens: opens, Closes: opens.Add(14 * time.Hour)}
	for _, tt := range []struct {
		name string
		idle Idle
		at   time.Duration // from the opening
		want bool
	}{
		{"never", Idle{Election: hours}, -48 * time.Hour, false},
		{"an open ballot", Idle{After: time.Minute, Election: election.OpenBallot()}, 0, true},
		{"no election", Idle{After: time.Minute}, 0, true},
		{"the day before", Idle{After: time.Minute, Election: hours}, -24 * time.Hour, true},
		{"just before the hours", Idle{After: time.Minute, Election: hours}, -awakeBefore - time.Nanosecond, true},
		{"when voting is about to open", Idle{After: time.Minute, Election: hours}, -awakeBefore, false},
		{"while voting is open", Idle{After: time.Minute, Election: hours}, 7 * time.Hour, false},
		{"when voting has closed", Idle{After: time.Minute, Election: hours}, 14*time.Hour + awakeAfter - time.Nanosecond, false},
		{"when all is over", Idle{After: time.Minute, Election: hours}, 14*time.Hour + awakeAfter, true},
	} {
		now := opens.Add(tt.at)
		since, got := tt.idle.MayRest(now)
		if got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
		if got && !since.Equal(now.Add(-time.Minute)) {
			t.Errorf("%s: nothing may have come since %v", tt.name, since)
		}
	}
}
