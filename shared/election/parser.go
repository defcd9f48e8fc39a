package election

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/election/jsonobject"
)

// Parser reads the records of one election. It is safe for concurrent use.
//
// A record is one JSON object in UTF-8. Fields it doesn't know are ignored; of
// a field that stands there twice the last counts, as in Python and
// JavaScript; null is the same as absent. Ids and texts may be numbers, which
// stand for their digits; an age may be a text of digits.
type Parser struct {
	election   *Election
	candidates map[string]string // folded id, name or alias → id
	regions    map[string]string
}

// NewParser returns the Parser of a valid election. The election must not
// change afterwards.
func NewParser(e *Election) *Parser {
	p := &Parser{election: e, candidates: map[string]string{}, regions: map[string]string{}}
	for _, c := range e.Candidates {
		enter(p.candidates, c.ID, append([]string{c.ID, c.Name}, c.Aliases...))
	}
	for _, r := range e.Regions {
		enter(p.regions, r.ID, append([]string{r.ID, r.Name}, r.Aliases...))
	}
	return p
}

func enter(index map[string]string, id string, names []string) {
	for _, n := range names {
		index[n] = id
		index[fold(n)] = id
	}
}

// resolve finds the id that a name stands for: the name as it is first, which
// most records hold, then folded.
func resolve(index map[string]string, name string) (string, bool) {
	if id, ok := index[name]; ok {
		return id, true
	}
	id, ok := index[fold(name)]
	return id, ok
}

// Vote reads a record of the votes topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Vote(value []byte, recordTime time.Time) (Vote, *Rejection) {
	var id, voter, candidate, image, timestamp, votedAt, station jsonobject.Value
	if r := readObject(value, func(name string, v jsonobject.Value) {
		switch name {
		case "vote_id":
			id = v
		case "voter_id":
			voter = v
		case "candidate":
			candidate = v
		case "candidate_image":
			image = v
		case "timestamp":
			timestamp = v
		case "voted_at":
			votedAt = v
		case "polling_station":
			station = v
		}
	}); r != nil {
		return Vote{}, r
	}
	if timestamp.Kind == jsonobject.Null {
		timestamp = votedAt
	}
	var f fields
	v := Vote{
		VoterID:        f.id("voter_id", voter, ReasonMissingVoterID),
		ID:             f.text("vote_id", id),
		Candidate:      f.required("candidate", candidate, ReasonMissingCandidate),
		CastAt:         f.time("timestamp", timestamp),
		CandidateImage: f.text("candidate_image", image),
		PollingStation: f.text("polling_station", station),
	}
	if f.rejection != nil {
		return Vote{}, f.rejection
	}
	if !p.election.Open() {
		known, ok := resolve(p.candidates, v.Candidate)
		if !ok {
			return Vote{}, reject(ReasonUnknownCandidate, "candidate %s isn't on the ballot", excerpt(v.Candidate))
		}
		v.Candidate = known
	}
	return v, p.checkTime(v.CastAt, recordTime)
}

// How far a vote may stand from its record in an election without hours. Each
// hour is a partition, and BigQuery allows 10,000 a table.
const (
	maxAhead  = 24 * time.Hour
	maxBehind = 366 * 24 * time.Hour
)

// checkTime rejects a vote cast outside the voting hours or, where the
// election has none, at a time that its record makes implausible.
func (p *Parser) checkTime(cast, recordTime time.Time) *Rejection {
	e := p.election
	if e.HasHours() {
		if cast.Before(e.Opens) || !cast.Before(e.Closes) {
			return reject(ReasonOutsideVotingHours, "cast at %s; voting hours are %s to %s",
				cast.Format(time.RFC3339Nano), e.Opens.Format(time.RFC3339), e.Closes.Format(time.RFC3339))
		}
		return nil
	}
	if cast.After(recordTime.Add(maxAhead)) || cast.Before(recordTime.Add(-maxBehind)) {
		return reject(ReasonImplausibleTimestamp, "cast at %s, but recorded at %s",
			cast.Format(time.RFC3339Nano), recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// Voter reads a record of the voters topic.
func (p *Parser) Voter(value []byte) (Voter, *Rejection) {
	var id, name, age, gender, state, county, precinct, registered jsonobject.Value
	if r := readObject(value, func(field string, v jsonobject.Value) {
		switch field {
		case "voter_id":
			id = v
		case "name":
			name = v
		case "age":
			age = v
		case "gender":
			gender = v
		case "state":
			state = v
		case "county":
			county = v
		case "precinct":
			precinct = v
		case "registration_date":
			registered = v
		}
	}); r != nil {
		return Voter{}, r
	}
	var f fields
	v := Voter{
		ID:               f.id("voter_id", id, ReasonMissingVoterID),
		Region:           f.required("state", state, ReasonMissingState),
		Name:             f.text("name", name),
		Age:              f.age("age", age),
		Gender:           strings.ToLower(f.text("gender", gender)),
		County:           f.text("county", county),
		Precinct:         f.text("precinct", precinct),
		RegistrationDate: f.date("registration_date", registered),
	}
	if f.rejection != nil {
		return Voter{}, f.rejection
	}
	if v.Gender == "" {
		v.Gender = Unknown
	}
	v.AgeGroup = AgeGroup(v.Age)
	if len(p.election.Regions) > 0 {
		known, ok := resolve(p.regions, v.Region)
		if !ok {
			return Voter{}, reject(ReasonUnknownRegion, "state %s isn't a region of the election", excerpt(v.Region))
		}
		v.Region = known
	}
	return v, nil
}

// readObject visits the fields of a record.
func readObject(value []byte, visit func(string, jsonobject.Value)) *Rejection {
	if value == nil {
		return reject(ReasonTombstone, "the record has no value")
	}
	text := string(value)
	if strings.Trim(text, " \t\r\n") == "" {
		return reject(ReasonEmptyRecord, "the record's value is empty")
	}
	err := jsonobject.Each(text, visit)
	var notObject *jsonobject.TypeError
	switch {
	case errors.As(err, &notObject):
		return reject(ReasonMalformedJSON, "the record is %s, not an object", notObject.Kind)
	case err != nil:
		return reject(ReasonMalformedJSON, "%v", err)
	}
	return nil
}

// fields converts a record's fields and keeps the first thing wrong.
type fields struct{ rejection *Rejection }

func (f *fields) reject(reason, format string, args ...any) {
	if f.rejection == nil {
		f.rejection = reject(reason, format, args...)
	}
}

// raw returns a text, or a number's digits, as it is.
func (f *fields) raw(name string, v jsonobject.Value) string {
	switch v.Kind {
	case jsonobject.Null:
		return ""
	case jsonobject.String, jsonobject.Number:
	default:
		f.reject(ReasonWrongType, "%s is %s, not a text", name, v.Kind)
		return ""
	}
	if len(v.Text) > MaxTextBytes {
		f.reject(ReasonTextTooLong, "%s has %d bytes, more than %d", name, len(v.Text), MaxTextBytes)
		return ""
	}
	return v.Text
}

// text returns a text without the blanks around it.
func (f *fields) text(name string, v jsonobject.Value) string {
	return strings.TrimSpace(f.raw(name, v))
}

func (f *fields) required(name string, v jsonobject.Value, reason string) string {
	s := f.text(name, v)
	if s == "" {
		f.reject(reason, "%s is missing", name)
	}
	return s
}

// id returns an id as it is: blanks may tell two apart.
func (f *fields) id(name string, v jsonobject.Value, reason string) string {
	s := f.raw(name, v)
	if strings.TrimSpace(s) == "" {
		f.reject(reason, "%s is missing", name)
	}
	return s
}

func (f *fields) time(name string, v jsonobject.Value) time.Time {
	if v.Kind == jsonobject.Null {
		f.reject(ReasonMissingTimestamp, "%s is missing", name)
		return time.Time{}
	}
	if v.Kind != jsonobject.String {
		f.reject(ReasonWrongType, "%s is %s, not a text such as 2026-11-03T09:30:00Z", name, v.Kind)
		return time.Time{}
	}
	t, ok := ParseTime(strings.TrimSpace(v.Text))
	if !ok {
		f.reject(ReasonInvalidTimestamp, "%s is %s: write it as 2026-11-03T09:30:00Z", name, excerpt(v.Text))
	}
	return t
}

// date reads the day of a date or a time, in the zone that it is written in.
func (f *fields) date(name string, v jsonobject.Value) Date {
	if v.Kind != jsonobject.Null && v.Kind != jsonobject.String {
		f.reject(ReasonWrongType, "%s is %s, not a text such as 2026-11-03", name, v.Kind)
		return Date{}
	}
	s := strings.TrimSpace(v.Text)
	if s == "" {
		return Date{}
	}
	day, ok := parseDay(s)
	if ok && len(s) > len("2006-01-02") {
		_, ok = ParseTime(s)
	}
	if !ok {
		f.reject(ReasonInvalidDate, "%s is %s: write it as 2026-11-03", name, excerpt(v.Text))
		return Date{}
	}
	return dateOf(day)
}

func (f *fields) age(name string, v jsonobject.Value) int {
	switch v.Kind {
	case jsonobject.Null:
		return NoAge
	case jsonobject.Number, jsonobject.String:
	default:
		f.reject(ReasonWrongType, "%s is %s, not a number", name, v.Kind)
		return NoAge
	}
	s := strings.TrimSpace(v.Text)
	if s == "" {
		return NoAge
	}
	// A producer may write 42 as 42.0, having kept it as a float.
	age, err := strconv.ParseFloat(s, 64)
	if err != nil || !(age >= 0 && age <= MaxAge) || age != float64(int(age)) {
		f.reject(ReasonInvalidAge, "%s is %s, not a whole number from 0 to %d", name, excerpt(s), MaxAge)
		return NoAge
	}
	return int(age)
}
