package record

import (
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// Voter is a registration, as a record of the voters topic describes it.
type Voter struct {
	ID               string // canonical; tables hold a pseudonym of it
	Name             string
	Age              int    // years; [election.NoAge] where the record tells none
	AgeGroup         string // see [election.AgeGroup]
	Gender           string // lower case, or [election.Unknown]
	Region           string // id of a region; in an election without regions the canonical text
	RegionText       string // what was sent, if it is neither Region nor literally in the election file
	County           string
	Precinct         string
	RegistrationDate election.Date
	Object           []byte // the JSON object, if the record wraps it
}

// Vote is a vote, as a record of the votes topic describes it. Whether it counts is
// decided by the aggregation.
type Vote struct {
	ID             string
	VoterID        string
	Candidate      string    // id of a candidate; in an open ballot the canonical name
	CandidateText  string    // what was sent, if it is neither Candidate nor literally in the election file
	CandidateImage string    // a URL; empty unless the election keeps images from its host
	CastAt         time.Time // UTC, whole microseconds
	PollingStation string
	Object         []byte // the JSON object, if the record wraps it
}
