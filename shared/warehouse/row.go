package warehouse

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
)

// Rows are the rows of one message, for all raw tables. An empty text in a NULLABLE
// column is NULL.
type Rows struct {
	IngestedAt time.Time
	Votes      []VoteRow
	Voters     []VoterRow
	Rejects    []RejectRow
	LogEnds    []LogEndRow
}

// Origin is a record's position on Kafka.
type Origin struct {
	kafka.Position
	Timestamp time.Time // the broker's
	Follows   int64     // offset of the record read before this one
}

// VoteRow is a row of raw.votes.
type VoteRow struct {
	Origin
	VoteID         string
	VoterKey       string
	Candidate      string
	CandidateImage string
	VotedAt        time.Time
	PollingStation string
	CandidateText  string // what the record says, if it isn't evident from Candidate
	Record         []byte // JSON object; added columns are filled from its fields (see layout)
}

// VoterRow is a row of raw.voters.
type VoterRow struct {
	Origin
	VoterKey         string
	Name             string
	Age              int64 // negative is NULL
	State            string
	AgeGroup         string
	Gender           string
	County           string
	Precinct         string
	RegistrationDate int32  // days since 1970-01-01
	HasRegistration  bool   // whether there is a RegistrationDate
	StateText        string // what the record says, if it isn't evident from State
	Record           []byte // as VoteRow.Record
}

// RejectRow is a row of raw.rejects.
type RejectRow struct {
	Origin
	Reason string
	Detail string
	Key    []byte // nil is NULL
	Value  []byte // nil is NULL
	Bytes  int64  // size of the whole value, -1 for a tombstone
}

// LogEndRow is a row of raw.log_ends.
type LogEndRow struct {
	logends.Partition
	ObservedAt time.Time
}
