package results

import (
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
)

// The tables and the reports make the state, and the state makes the sentence.
func TestStatus(t *testing.T) {
	c := testRules(t)
	late := c.Election.Closes.Add(time.Hour)
	for name, tc := range map[string]struct {
		change func(*snapshot.Snapshot)
		at     time.Time
		want   countstate.Name
		text   string
	}{
		"while voting": {func(s *snapshot.Snapshot) { sample.Report(s, sample.At("2026-11-03T14:05:00Z")) }, sample.At("2026-11-03T14:06:00Z"),
			countstate.Counting, "Votes are being counted."},
		"everything is counted": {func(*snapshot.Snapshot) {}, late,
			countstate.Complete, "Complete: voting has closed, and every vote received is counted."},
		"everything but what is pending": {func(s *snapshot.Snapshot) { s.Books[0].Pending, s.Books[0].Rejected = 2, 3 }, late,
			countstate.Complete, "Complete: voting has closed, and everything received is counted, but for 2 votes whose voter isn't registered."},
		"nobody looks at Kafka": {func(s *snapshot.Snapshot) { sample.Report(s, late.Add(-time.Hour)) }, late,
			countstate.Delayed, "Delayed: since 4 Nov 2026, 02:00 UTC it isn't known how many votes have been sent."},
		"one vote is on its way": {func(s *snapshot.Snapshot) { s.Logs[1].LogEnd++ }, late,
			countstate.Counting, "Voting has closed; 1 record still on the way."},
		"records of both topics are on their way": {func(s *snapshot.Snapshot) {
			for i := range s.Logs {
				s.Logs[i].LogEnd += 2
			}
		}, late, countstate.Counting, "Voting has closed; 6 records still on the way."},
		"an open transaction": {func(s *snapshot.Snapshot) {
			s.Logs[1].LogEnd += 11
			s.Logs[1].UnreadSince = late.Add(-10 * time.Minute)
		}, late, countstate.Delayed, "Delayed: 11 records held back since 4 Nov 2026, 02:50 UTC by a sender that hasn't finished."},
		"a dead letter": {func(s *snapshot.Snapshot) {
			s.Logs[0].LastRecord++
			s.Logs[0].UnsettledSince = late.Add(-10 * time.Minute)
		}, late, countstate.Delayed, "Delayed: 1 record received since 4 Nov 2026, 02:50 UTC not settled yet."},
		"a backlog that the bridge reads": {func(s *snapshot.Snapshot) {
			s.Logs[1].LogEnd, s.Logs[1].LastStable = s.Logs[1].LogEnd+300_000, s.Logs[1].LogEnd+300_000
			s.Logs[1].UnreadSince, s.Logs[1].ReadAt = late.Add(-10*time.Minute), late.Add(-time.Minute)
		}, late, countstate.Counting, "Catching up: 300,000 records sent since 4 Nov 2026, 02:50 UTC not settled yet."},
		"certified": {func(s *snapshot.Snapshot) {
			s.Certified = &snapshot.CertificationRow{Certified: true, By: "{time} Ann", At: late, Result: map[string]int64{"chen": 30, "rivera": 50, "okafor": 20}}
		}, late, countstate.Certified, "Certified by {time} Ann, 4 Nov 2026, 03:00 UTC."},
		"certified, and changed since": {func(s *snapshot.Snapshot) {
			s.Certified = &snapshot.CertificationRow{Certified: true, By: "Ann", At: late, Result: map[string]int64{"chen": 30, "rivera": 49, "okafor": 20}}
		}, late, countstate.Complete, "Complete; the result that was certified on 4 Nov 2026, 03:00 UTC has changed since."},
	} {
		t.Run(name, func(t *testing.T) {
			s := sample.Report(sample.Balanced(), late)
			tc.change(s)
			r := resultsAt(c.Election, s, c.Topics, tc.at)
			if r.Status != tc.want || r.State.Name != tc.want || r.State.Text != tc.text {
				t.Errorf("%s, %q; want %s, %q", r.Status, r.State.Text, tc.want, tc.text)
			}
		})
	}
}

// Every state with every reason that it can have has a sentence.
func TestEveryReasonHasWords(t *testing.T) {
	since := time.Unix(0, 0)
	for name, codes := range map[countstate.Name][]string{
		countstate.Delayed: {countstate.ReasonUnreadable, countstate.ReasonNeverReported, countstate.ReasonSilent, countstate.ReasonUnread,
			countstate.ReasonOpenTransaction, countstate.ReasonUnsettled, countstate.ReasonUnbalanced},
		countstate.Counting: {countstate.ReasonNeverReported, countstate.ReasonCatchingUp, countstate.ReasonOnTheWay, countstate.ReasonUnchecked, countstate.ReasonNotQuiet, countstate.ReasonDeletedUnread,
			countstate.ReasonCertificationOutdated},
		countstate.Complete: {countstate.ReasonCertificationOutdated},
		countstate.Waiting:  {countstate.ReasonCertificationOutdated},
	} {
		for _, code := range codes {
			s := stand(countstate.State{Name: name, Reasons: []countstate.Reason{{Code: code, Records: 2, Since: &since}}})
			if strings.HasPrefix(s.Text, "standing.") || strings.ContainsAny(s.Text, "{}") {
				t.Errorf("%s because of %s: %q", name, code, s.Text)
			}
		}
	}
}
