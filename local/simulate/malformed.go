package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/shared/election/rejection"
)

// damage is one way in which a record can't be counted. The text is a format whose
// %s are a voter's id and a moment in the voting hours. REGION stands for the id of a region.
type damage struct {
	text   string
	reason string
}

// Records that can't be counted on either topic.
var damagedAnywhere = []damage{
	{`{"voter_id":"%s","when":"%s`, rejection.MalformedJSON},
	{`voter %s at %s`, rejection.MalformedJSON},
	{`["%s","%s"]`, rejection.MalformedJSON},
	{`"%s %s"`, rejection.MalformedJSON},
	{`{"voter_id":"%s"}{"timestamp":"%s"}`, rejection.MalformedJSON},
	{"{\"voter_id\":\"%s\",\"name\":\"\xff\xfe\",\"timestamp\":\"%s\"}", rejection.MalformedJSON},
	{`{'voter_id': '%s', 'timestamp': '%s'}`, rejection.MalformedJSON},
	{"\x00\x00\x00\x00\x07\x06%s\x06%s", rejection.UnsupportedFormat}, // Avro with a schema's id
	{`{"before":{"voter_id":"%s","seen":"%s"},"after":null,"op":"d"}`, rejection.Deletion},
	{`null`, rejection.MalformedJSON},
	{`1789`, rejection.MalformedJSON},
	{" \r\n", rejection.EmptyRecord},
	{``, rejection.EmptyRecord},
}

var damagedVotes = append([]damage{
	{`{"vote_id":"a","voter_id":"%s","candidate":{"name":"Maya Rivera"},"timestamp":"%s"}`, rejection.WrongType},
	{`{"vote_id":"a","voter_id":["%s"],"candidate":"Maya Rivera","timestamp":"%s"}`, rejection.WrongType},
	{`{"vote_id":"a","voter_id":7001.5,"candidate":"Maya Rivera","was":"%s","timestamp":"%s"}`, rejection.InvalidID},
	{`{"vote_id":"a","voter_id":"%.0s","candidate":"Maya Rivera","timestamp":"%s"}`, rejection.MissingVoterID},
	{`{"vote_id":"a","voter_id":null,"candidate":"Maya Rivera","was":"%s","timestamp":"%s"}`, rejection.MissingVoterID},
	{`{"vote_id":"a","voter_id":"%s","candidate":"  ","timestamp":"%s"}`, rejection.MissingCandidate},
	{`{"vote_id":"a","voter_id":"%s","timestamp":"%s"}`, rejection.MissingCandidate},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","time":"%s"}`, rejection.MissingTimestamp},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","timestamp":true,"text":"%s"}`, rejection.WrongType},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","timestamp":17936928,"text":"%s"}`, rejection.InvalidTimestamp},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","timestamp":"11/03/2026 12:00:00","text":"%s"}`, rejection.InvalidTimestamp},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","timestamp":"around noon","text":"%s"}`, rejection.InvalidTimestamp},
	{`{"vote_id":"a","voter_id":"%s","candidate":"Maya Rivera","timestamp":"2026-02-30T12:00:00","text":"%s"}`, rejection.InvalidTimestamp},
	{`{"vote_id":"` + strings.Repeat("a", 1500) + `","voter_id":"%s","candidate":"Maya Rivera","timestamp":"%s"}`, rejection.TextTooLong},
}, damagedAnywhere...)

// Moments that are far from any voting day.
var absurdTimes = []string{"1970-01-01T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999"}

var damagedVoters = append([]damage{
	{`{"voter_id":"%s","name":"A. Nonymous","age":"old","gender":"Male","state":REGION,"seen":"%s"}`, rejection.InvalidAge},
	{`{"voter_id":"%s","name":"A. Nonymous","age":-4,"gender":"Male","state":REGION,"seen":"%s"}`, rejection.InvalidAge},
	{`{"voter_id":"%s","name":"A. Nonymous","age":400,"gender":"Male","state":REGION,"seen":"%s"}`, rejection.InvalidAge},
	{`{"voter_id":"%s","name":"A. Nonymous","age":[41],"gender":"Male","state":REGION,"seen":"%s"}`, rejection.WrongType},
	{`{"voter_id":"%s","name":"A. Nonymous","age":41,"gender":"Male","seen":"%s"}`, rejection.MissingState},
	{`{"was":"%s","name":"A. Nonymous","age":41,"gender":"Male","state":REGION,"seen":"%s"}`, rejection.MissingVoterID},
	{`{"voter_id":"%s","name":"A. Nonymous","age":41,"state":REGION,"registration_date":"last spring","seen":"%s"}`, rejection.InvalidRegistrationDate},
	{`{"voter_id":"%s","name":"A. Nonymous","age":41,"state":REGION,"registration_date":"9999-12-31","seen":"%s"}`, rejection.RegistrationInFuture},
	{`{"voter_id":"%s","name":"` + strings.Repeat("Anna ", 300) + `","age":41,"state":REGION,"seen":"%s"}`, rejection.TextTooLong},
}, damagedAnywhere...)

func (w *writer) malformedVote(e *event) *Record {
	b := w.s.ballot(int(e.who))
	r := &Record{Topic: w.s.options.VotesTopic}
	// Two ways are not in the list: no value at all, and an absurd time, whose reason
	// is another one if there are voting hours.
	switch n := int(e.serial) % (len(damagedVotes) + 2); n {
	case len(damagedVotes):
		r.Reject = rejection.Tombstone
		r.Key = []byte(voterID(b.voter))
	case len(damagedVotes) + 1:
		text := absurdTimes[int(e.serial)/(len(damagedVotes)+2)%len(absurdTimes)]
		r.Value = fmt.Appendf(nil, `{"vote_id":"a","voter_id":"%s","candidate":"%s","timestamp":"%s"}`,
			voterID(b.voter), w.s.electorate.candidates[b.candidate].sent, text)
		r.Reject = rejection.ImplausibleTimestamp
		if strings.HasPrefix(text, "9999") {
			r.Reject = rejection.TimestampInFuture
		}
		if el := w.s.options.Election; el != nil && el.HasHours() {
			r.Reject = rejection.OutsideVotingHours
		}
	default:
		r.Value, r.Reject = damagedVotes[n].record(w.s, b), damagedVotes[n].reason
	}
	return r
}

func (w *writer) malformedVoter(e *event) *Record {
	b := w.s.ballot(int(e.who))
	r := &Record{Topic: w.s.options.VotersTopic}
	// Two ways are not in the list: no value at all, and an unknown region, which is
	// rejected only if the election has regions.
	switch n := int(e.serial) % (len(damagedVoters) + 2); n {
	case len(damagedVoters):
		r.Reject = rejection.Tombstone
		r.Key = []byte(voterID(b.voter))
	case len(damagedVoters) + 1:
		if el := w.s.options.Election; el != nil && len(el.Regions) > 0 {
			r.Value = fmt.Appendf(nil, `{"voter_id":"%s","name":"A. Nonymous","age":41,"state":"Atlantis"}`, voterID(b.voter))
			r.Reject = rejection.UnknownRegion
		} else {
			r.Value = fmt.Appendf(nil, `{"voter_id":"%s","name":"A. Nonymous","age":41,"state":" "}`, voterID(b.voter))
			r.Reject = rejection.MissingState
		}
	default:
		r.Value, r.Reject = damagedVoters[n].record(w.s, b), damagedVoters[n].reason
	}
	return r
}

func (d damage) record(s *Simulation, b *ballot) []byte {
	if !strings.Contains(d.text, "%") {
		return []byte(d.text)
	}
	text := fmt.Appendf(nil, d.text, voterID(b.voter), b.at.Format("2006-01-02T15:04:05"))
	return bytes.Replace(text, []byte("REGION"), s.someRegion(), 1)
}

// someRegion is the id of a region that there is, as JSON: what is wrong with a record is
// nothing else.
func (s *Simulation) someRegion() []byte {
	id := "Texas"
	if el := s.options.Election; el != nil && len(el.Regions) > 0 {
		id = el.Regions[0].ID
	}
	text, err := json.Marshal(id)
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // of a text
	}
	return text
}

// hugeVote is a valid vote that is larger than a message may be.
func (w *writer) hugeVote(e *event) *Record {
	b := w.s.ballot(int(e.who))
	b.form.wrap = 0
	r := w.vote(b)
	padding := bytes.Repeat([]byte("tally "), w.s.options.HugeBytes/6+1)
	value := append([]byte(`{"padding":"`), padding...)
	value = append(value, `",`...)
	r.Value = append(value, r.Value[1:]...)
	r.Vote, r.Reject = nil, rejection.RecordTooLarge
	return r
}
