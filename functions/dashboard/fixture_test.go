package dashboard

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/outline"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
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

// countryHandler is the dashboard of a country that has been counted for so many minutes; of
// tables that don't exist yet for 0.
func countryHandler(t testing.TB, e *election.Election, minutes int) *Handler {
	t.Helper()
	c := testConfig(t)
	setElection(t, &c, e)
	store := &sample.Store{Next: sample.Returns(nil, snapshot.ErrNoTables)}
	if minutes > 0 {
		store.Next = sample.Returns(sample.Country(e, e.Opens.Add(time.Duration(minutes)*time.Minute)), nil)
	}
	return newHandlerWith(t, c, store)
}

// inState brings tables into a state of the count: complete (of a country at the end of its day), delayed,
// catching or certified.
func inState(s *snapshot.Snapshot, c *Config, state string) {
	switch state {
	case "complete":
		for i := range s.Books {
			s.Books[i].LastIngestedAt = time.Now().Add(-2 * c.FinalAfter)
		}
	case "delayed", "catching":
		s.Logs[0].LogEnd += 123_456
		s.Logs[0].LastStable = s.Logs[0].LogEnd
		s.Logs[0].UnreadSince = time.Now().Add(-2 * c.DelayedAfter)
		if state == "catching" {
			s.Logs[0].ReadAt = time.Now()
		}
	case "certified":
		s.Certified = &snapshot.CertificationRow{Certified: true, By: "Ann Marsh, returning officer", At: time.Now(), Result: map[string]int64{}}
		for _, row := range s.Candidates {
			s.Certified.Result[row.ID] = row.Votes
		}
	}
}

// setElection makes a dashboard one of an election, with its outlines.
func setElection(t testing.TB, c *Config, e *election.Election) {
	t.Helper()
	var err error
	if c.Outlines, err = outline.New(e); err != nil {
		t.Fatal(err)
	}
	c.Election = e
}
