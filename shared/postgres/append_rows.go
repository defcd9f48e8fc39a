package postgres

import (
	"time"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// A rawTable is how the rows of one table of raw are written.
type rawTable struct {
	name    string   // without the schema
	columns []string // warehouse.WrittenColumns
}

var (
	rawVotes   = rawTable{name: "votes", columns: warehouse.WrittenColumns("raw.votes")}
	rawVoters  = rawTable{name: "voters", columns: warehouse.WrittenColumns("raw.voters")}
	rawRejects = rawTable{name: "rejects", columns: warehouse.WrittenColumns("raw.rejects")}
	rawLogEnds = rawTable{name: "log_ends", columns: warehouse.WrittenColumns("raw.log_ends")}
)

// origin writes the columns that tell where a record is from.
// origin writes originColumns.
func (r *row) origin(o *warehouse.Origin, ingestedAt time.Time) {
	r.text(o.Topic)
	r.text(o.TopicID)
	r.integer(int64(o.Partition))
	r.integer(o.Offset)
	r.time(o.Timestamp)
	r.integer(o.Follows)
	r.time(ingestedAt)
}

func (r *row) vote(v *warehouse.VoteRow) {
	r.nullable(v.VoteID)
	r.text(v.VoterKey)
	r.text(v.Candidate)
	r.nullable(v.CandidateImage)
	r.time(v.VotedAt)
	r.nullable(v.PollingStation)
	r.nullable(v.CandidateText)
}

func (r *row) voter(v *warehouse.VoterRow) {
	r.text(v.VoterKey)
	r.nullable(v.Name)
	if v.Age >= 0 {
		r.integer(v.Age)
	} else {
		r.null()
	}
	r.text(v.State)
	r.text(v.AgeGroup)
	r.text(v.Gender)
	r.nullable(v.County)
	r.nullable(v.Precinct)
	if v.HasRegistration {
		r.date(v.RegistrationDate)
	} else {
		r.null()
	}
	r.nullable(v.StateText)
}

func (r *row) reject(v *warehouse.RejectRow) {
	r.text(v.Reason)
	r.nullable(v.Detail)
	r.bytes(v.Key)
	r.bytes(v.Value)
	r.integer(v.Bytes)
}

func (r *row) logEnd(v *warehouse.LogEndRow, ingestedAt time.Time) {
	r.text(v.Topic)
	r.text(v.TopicID)
	for _, n := range [...]int64{
		int64(v.TopicPartition.Partition), int64(v.Partitions), v.LogStart, v.LastStable, v.LogEnd, v.Next, v.LastRecord, v.Deleted,
	} {
		r.integer(n)
	}
	r.nullable(v.Open)
	r.time(v.ObservedAt)
	r.time(ingestedAt)
}
