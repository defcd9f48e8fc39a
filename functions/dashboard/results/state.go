package results

import (
	"fmt"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/shared/countstate"
)

// Standing is how the count stands, and the sentence that says so.
type Standing struct {
	countstate.State
	Text string `json:"text"`
}

// State works out how the count of a snapshot stands at a time, for whoever looks once.
func (r Rules) State(s *snapshot.Snapshot, now time.Time) countstate.State {
	return r.StateSince(s, time.Time{}, now)
}

// StateSince is the same for whoever has read the tables again and again since a time.
func (r Rules) StateSince(s *snapshot.Snapshot, watched, now time.Time) countstate.State {
	f := r.facts(s)
	f.WatchedSince = watched
	return f.At(now, r.patience())
}

func (r Rules) facts(s *snapshot.Snapshot) *countstate.Facts { return s.Facts(r.Election, r.Topics) }

// Standing is the state of a snapshot at a time, with the sentence that says so.
func (r Rules) Standing(s *snapshot.Snapshot, now time.Time) Standing { return stand(r.State(s, now)) }

// patience is how long the count waits for what.
func (r Rules) patience() countstate.Rules {
	return countstate.Rules{Quiet: r.FinalAfter, Patience: r.DelayedAfter}
}

func stand(s countstate.State) Standing { return Standing{s, Sentence(text.English, s)} }

// Sentence puts a state into a sentence for the public: its first reason, with the records
// of every topic that has it. The document has all reasons.
func Sentence(l *text.Language, s countstate.State) string {
	if s.Is(countstate.Certified) {
		return l.Say("standing.certified", "time", l.Moment(&s.Certification.At), "by", s.Certification.By)
	}
	if len(s.Reasons) == 0 && s.Is(countstate.Complete) && s.Pending > 0 {
		return l.Say("standing.complete.pending", "votes", l.Count(s.Pending, "votes"))
	}
	if len(s.Reasons) == 0 {
		return l.Say("standing." + string(s.Name))
	}
	first := s.Reasons[0]
	if first.Code == countstate.ReasonCertificationOutdated && len(s.Reasons) > 1 {
		first = s.Reasons[1]
	}
	since, records := l.None(), int64(0)
	if first.Since != nil {
		since = l.Moment(first.Since)
	}
	for _, r := range s.Reasons { // of both topics
		if r.Code == first.Code {
			records += r.Records
		}
	}
	return l.Say(fmt.Sprintf("standing.%s.%s", s.Name, first.Code),
		"records", l.Count(records, "records"), "time", since)
}
