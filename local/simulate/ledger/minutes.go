package ledger

import "time"

// Minute is a minute of event time in one region, and a candidate.
type Minute struct {
	Start             int64 // seconds since 1970
	Region, Candidate string
}

// Minutes are the votes of each minute, region and candidate that has any.
func (l *Ledger) Minutes() map[Minute]int64 {
	votes := map[Minute]int64{}
	l.resolve().counted(func(v *Vote, r *Registration) {
		votes[Minute{v.time().Truncate(time.Minute).Unix(), r.State, v.Candidate}]++
	})
	return votes
}
