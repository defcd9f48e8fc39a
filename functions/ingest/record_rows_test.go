package ingest

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
)

// Tables that are by month of what records bring come to no limit of BigQuery's,
// whatever the records: a statement may change 4,000 partitions.
func TestMonthsOfRecords(t *testing.T) {
	const vote = `{"voter_id": "v", "candidate": "c", "timestamp": "`
	parser := record.NewParser(election.OpenBallot())
	accepted := func(sent, cast time.Time) bool {
		_, rejection := parser.Vote([]byte(vote+cast.Format(time.RFC3339)+`"}`), sent)
		return rejection == nil
	}
	last := maxRecordTime.Add(-time.Second)
	from, to := minRecordTime, last
	for accepted(minRecordTime, from.AddDate(0, 0, -1)) {
		from = from.AddDate(0, 0, -1)
	}
	for accepted(last, to.AddDate(0, 0, 1)) {
		to = to.AddDate(0, 0, 1)
	}
	const most = 4_000
	if months := (to.Year()-from.Year())*12 + int(to.Month()-from.Month()) + 1; months < 1200 || months > most {
		t.Errorf("accepted records lie in %d months, from %v to %v; a statement may change %d", months, from, to, most)
	}
}
