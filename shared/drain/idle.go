package drain

import (
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
)

// Idle says when a drain may end before its deadline, because nobody votes and nothing has
// come for long. A deployment that waits for an election costs as much as its drains take
// time. The next call begins another drain a minute later. So the first record after such a
// silence waits for a minute; those after it don't.
type Idle struct {
	After    time.Duration      // how long nothing must have come (IDLE_SECONDS); 0 is never idle
	Election *election.Election // during whose hours no drain ends early; nil for none
}

// Around the voting hours no drain ends early either. Before them everything is to be awake
// when voting opens. After them the last records come, and the count is found to be complete.
const (
	awakeBefore = time.Hour
	awakeAfter  = time.Hour
)

// IdleFrom reads IDLE_SECONDS.
func IdleFrom(env *config.Env, e *election.Election) Idle {
	return Idle{After: env.Duration("IDLE_SECONDS", 0, time.Second, 0, 24*time.Hour), Election: e}
}

// MayRest reports whether a drain may end now if nothing has come since a time, which lies
// After before now.
func (i Idle) MayRest(now time.Time) (since time.Time, may bool) {
	if e := i.Election; e != nil && e.HasHours() && !now.Before(e.Opens.Add(-awakeBefore)) && now.Before(e.Closes.Add(awakeAfter)) {
		return time.Time{}, false
	}
	return now.Add(-i.After), i.After > 0
}
