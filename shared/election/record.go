package election

import "time"

// Voter is a registration.
type Voter struct {
	ID               string // canonical; see [Keyer] for what is stored
	Name             string
	Age              int    // years; NoAge where the record tells none
	AgeGroup         string // see [AgeGroup]
	Gender           string // lower case, or [Unknown]
	Region           string // id of a region of the election; in an election without regions the canonical text
	RegionText       string // the text as sent, where it is neither Region nor a spelling of the election file
	County           string
	Precinct         string
	RegistrationDate Date
	Object           []byte // the JSON object, where the record isn't one itself but wraps it
}

// Vote is a vote as cast. Whether it counts is for the aggregation to say.
type Vote struct {
	ID             string
	VoterID        string
	Candidate      string    // id of a candidate; in an open ballot the canonical name
	CandidateText  string    // the name as sent, where it is neither Candidate nor a spelling of the election file
	CandidateImage string    // empty unless the election takes portraits from votes, and this one
	CastAt         time.Time // UTC, whole microseconds
	PollingStation string
	Object         []byte // the JSON object, where the record isn't one itself but wraps it
}

const (
	// Unknown stands for a gender or an age group that isn't known.
	Unknown = "unknown"
	// NoAge is the age of a voter whose record tells none.
	NoAge = -1
	// MaxAge is the greatest age taken for one.
	MaxAge = 130
	// MaxTextBytes is the most that a text of a record may have: ids and
	// names key tables, of which BigQuery clusters by the first 1,024 characters.
	MaxTextBytes = 1024
)

// AgeGroup returns the group of an age in years; a negative one is unknown.
func AgeGroup(age int) string {
	switch {
	case age < 0:
		return Unknown
	case age < 18:
		return "under 18"
	case age < 25:
		return "18-24"
	case age < 35:
		return "25-34"
	case age < 50:
		return "35-49"
	case age < 65:
		return "50-64"
	default:
		return "65+"
	}
}

// AgeGroups lists the groups from young to old, then unknown.
func AgeGroups() []string {
	return []string{"under 18", "18-24", "25-34", "35-49", "50-64", "65+", Unknown}
}
