// Package rejection says why a record can't be counted.
package rejection

import (
	"fmt"
	"unicode/utf8"
)

// The reasons, as raw.rejects holds them.
const (
	Tombstone               = "tombstone"               // the record has no value
	EmptyRecord             = "empty_record"            // its value is empty or blank
	RecordTooLarge          = "record_too_large"        // its value is larger than the bridge carries
	UnknownTopic            = "unknown_topic"           // its topic is neither that of voters nor that of votes
	ImplausibleRecordTime   = "implausible_record_time" // its broker timestamp can't order or partition anything
	MalformedJSON           = "malformed_json"          // not one JSON object, nor an envelope that holds one
	UnsupportedFormat       = "unsupported_format"      // Avro, Protobuf or another form that isn't read
	Deletion                = "deletion"                // a change event says that a row was deleted
	WrongType               = "wrong_type"              // a field has another JSON type than it must
	TextTooLong             = "text_too_long"           // a text is longer than election.MaxTextBytes
	MissingVoterID          = "missing_voter_id"
	MissingCandidate        = "missing_candidate"
	MissingTimestamp        = "missing_timestamp"
	MissingState            = "missing_state"
	InvalidID               = "invalid_id"            // a number that isn't whole stands for a voter, candidate or region
	InvalidTimestamp        = "invalid_timestamp"     // not a time that is read
	TimestampInFuture       = "timestamp_in_future"   // too far ahead of the broker's timestamp
	ImplausibleTimestamp    = "implausible_timestamp" // too far behind it
	InvalidAge              = "invalid_age"           // not a whole number of years from 0 to election.MaxAge
	InvalidRegistrationDate = "invalid_registration_date"
	RegistrationInFuture    = "registration_in_future"
	UnknownCandidate        = "unknown_candidate"    // not on the ballot
	OutsideVotingHours      = "outside_voting_hours" // cast before opening, or at closing time or later
	UnknownRegion           = "unknown_region"       // not a region of the election
)

// Rejection says why a record can't be counted. A nil Rejection is none.
type Rejection struct {
	Reason string // one of the constants
	Detail string // a sentence; it quotes no voter's id or name
}

func (r *Rejection) Error() string { return r.Reason + ": " + r.Detail }

// New returns a Rejection; its detail is formatted as by fmt.Sprintf.
func New(reason, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Excerpt quotes a text that a producer sent, cut to what a sentence can carry: 80
// bytes, at the end of a character.
func Excerpt(s string) string {
	const most = 80
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%q…", s[:cut])
}
