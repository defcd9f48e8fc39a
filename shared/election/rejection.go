package election

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reasons why a record can't be counted, as they stand in raw.rejects.
const (
	ReasonTombstone            = "tombstone"               // the record has no value
	ReasonEmptyRecord          = "empty_record"            // its value is empty or blank
	ReasonRecordTooLarge       = "record_too_large"        // its value is larger than the bridge carries
	ReasonUnknownTopic         = "unknown_topic"           // its topic is neither that of voters nor that of votes
	ReasonImplausibleRecord    = "implausible_record_time" // its broker timestamp can't order or partition anything
	ReasonMalformedJSON        = "malformed_json"          // not one JSON object, nor an envelope that holds one
	ReasonUnsupportedFormat    = "unsupported_format"      // Avro, Protobuf or another form that isn't read
	ReasonDeletion             = "deletion"                // a change event says that a row was deleted
	ReasonWrongType            = "wrong_type"              // a field has another JSON type than it must
	ReasonTextTooLong          = "text_too_long"           // a text is longer than MaxTextBytes
	ReasonMissingVoterID       = "missing_voter_id"
	ReasonMissingCandidate     = "missing_candidate"
	ReasonMissingTimestamp     = "missing_timestamp"
	ReasonMissingState         = "missing_state"
	ReasonInvalidID            = "invalid_id"            // a number that isn't whole stands for a voter, candidate or region
	ReasonInvalidTimestamp     = "invalid_timestamp"     // not a time that is read
	ReasonTimestampInFuture    = "timestamp_in_future"   // too far ahead of the broker's timestamp
	ReasonImplausibleTimestamp = "implausible_timestamp" // too far behind it
	ReasonInvalidAge           = "invalid_age"           // not a whole number of years from 0 to MaxAge
	ReasonInvalidDate          = "invalid_registration_date"
	ReasonDateInFuture         = "registration_in_future"
	ReasonUnknownCandidate     = "unknown_candidate"    // not on the ballot
	ReasonOutsideVotingHours   = "outside_voting_hours" // cast before opening, or at closing time or later
	ReasonUnknownRegion        = "unknown_region"       // not a region of the election
)

// Rejection says why a record can't be counted. A nil Rejection is none.
type Rejection struct {
	Reason string // one of the Reason constants
	Detail string // a sentence; it quotes no voter's id or name
}

func (r *Rejection) Error() string { return r.Reason + ": " + r.Detail }

func reject(reason, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// excerpt shortens a text that a producer sent to what a sentence can carry.
func excerpt(s string) string {
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

// mixture says of a name that it has Latin letters and some of an alphabet that
// has the same shapes: it may look like the very name that is meant.
func mixture(s string) string {
	has := func(script *unicode.RangeTable) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(script, r) })
	}
	if !has(unicode.Latin) {
		return ""
	}
	for _, name := range []string{"Cyrillic", "Greek"} {
		if has(unicode.Scripts[name]) {
			return fmt.Sprintf(": it mixes Latin letters with %s ones, %+.80q", name, s)
		}
	}
	return ""
}
