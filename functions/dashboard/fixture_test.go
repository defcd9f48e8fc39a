package dashboard

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

func testConfig(t testing.TB) Config {
	t.Helper()
	return Config{
		Rules: results.Rules{
			Election:     sample.Election(t),
			Topics:       snapshot.Topics{Votes: "votes", Voters: "voters"},
			Refresh:      time.Second,
			MaxAge:       10 * time.Second,
			FinalAfter:   5 * time.Minute,
			DelayedAfter: 2 * time.Minute,
		},
		QueryTimeout: 30 * time.Second,
		StreamTime:   4 * time.Minute,
		Streams:      10_000,
	}
}
