package record_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/canonical"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) election.Date {
	var d election.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func ballot() *election.Election {
	return &election.Election{
		ID: "mayor-2026", Name: "Mayor",
		Opens: at("2026-11-03T06:00:00Z"), Closes: at("2026-11-03T20:00:00Z"),
		Candidates: []election.Candidate{
			{ID: "rivera", Name: "Ana Rivera", Aliases: []string{"Candidate A"}},
			{ID: "osei", Name: "Kwame Osei"},
		},
		Regions: []election.Region{{ID: "TX", Name: "Texas"}, {ID: "NM", Name: "New Mexico", Aliases: []string{"N.M."}}},
	}
}

var recorded = at("2026-11-03T09:30:05Z")

// parsed is a record, and what it says.
type parsed[R any] struct {
	name, value string
	want        R
}

// parses checks what parse reads of records.
func parses[R any](t *testing.T, parse func([]byte, time.Time) (R, *rejection.Rejection), tests []parsed[R]) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, r := parse([]byte(tt.value), recorded)
			if r != nil {
				t.Fatalf("rejected: %v", r)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVote(t *testing.T) {
	p := record.NewParser(ballot())
	parses(t, p.Vote, []parsed[record.Vote]{
		{"a time without a zone, as Python writes it",
			`{"vote_id": "v1", "voter_id": "p1", "candidate": "Candidate A", "candidate_image": "https://example.org/a.jpg", "timestamp": "2026-11-03T09:30:00.123456", "polling_station": "Station-7"}`,
			record.Vote{ID: "v1", VoterID: "p1", Candidate: "rivera", CastAt: at("2026-11-03T09:30:00.123456Z"), PollingStation: "Station-7"}},
		{"by id, voted_at, numbers as ids, unknown fields",
			`{"vote_id":17,"voter_id":42,"candidate":"osei","voted_at":"2026-11-03T11:30:00+02:00","extra":{"a":[1]}}`,
			record.Vote{ID: "17", VoterID: "42", Candidate: "osei", CastAt: at("2026-11-03T09:30:00Z")}},
		{"name in another case, blanks around it",
			`{"voter_id":" p ","candidate":"  kwame  OSEI ","timestamp":"2026-11-03 09:30:00Z"}`,
			record.Vote{VoterID: "p", Candidate: "osei", CandidateText: "  kwame  OSEI ", CastAt: at("2026-11-03T09:30:00Z")}},
		{"a field twice: the last counts; null is absent",
			`{"voter_id":"a","voter_id":"b","candidate":"osei","timestamp":null,"voted_at":"2026-11-03T09:30:00Z","vote_id":null}`,
			record.Vote{VoterID: "b", Candidate: "osei", CastAt: at("2026-11-03T09:30:00Z")}},
		{"at the opening", `{"voter_id":"a","candidate":"osei","timestamp":"2026-11-03T06:00:00Z"}`,
			record.Vote{VoterID: "a", Candidate: "osei", CastAt: at("2026-11-03T06:00:00Z")}},
		{"control characters and quotes in an id", `{"voter_id":"a\u0000\"b","candidate":"osei","timestamp":"2026-11-03T06:00:00Z"}`,
			record.Vote{VoterID: "a\"b", Candidate: "osei", CastAt: at("2026-11-03T06:00:00Z")}},
	})
}

func TestVoteRejections(t *testing.T) {
	vote := func(fields string) string {
		return `{"voter_id":"p","candidate":"osei","timestamp":"2026-11-03T09:30:00Z",` + fields + `}`
	}
	tests := []struct{ name, value, reason, detail string }{
		{"blank", " \n", rejection.EmptyRecord, "the record's value is empty"},
		{"not JSON", `vote!`, rejection.MalformedJSON, "expected a value at byte 0"},
		{"an array", `[1]`, rejection.MalformedJSON, "the record is an array, not an object: send each element as a record of its own"},
		{"invalid UTF-8", vote("\"x\":\"\xc3\x28\""), rejection.MalformedJSON, "invalid UTF-8 at byte 75: byte 0xC3 looks like Latin-1 or Windows-1252; encode the record in UTF-8"},
		{"deep", vote(`"x":` + strings.Repeat(`[`, 100_000)), rejection.MalformedJSON, "nested more than 64 deep at byte 137"},
		{"no voter", `{"candidate":"osei","timestamp":"2026-11-03T09:30:00Z"}`, rejection.MissingVoterID, "voter_id is missing"},
		{"blank voter", vote(`"voter_id":"  "`), rejection.MissingVoterID, "voter_id is missing"},
		{"voter of a wrong type", vote(`"voter_id":{"id":1}`), rejection.WrongType, "voter_id is an object, not a text"},
		{"long voter", vote(`"voter_id":"` + strings.Repeat("x", 1025) + `"`), rejection.TextTooLong, "voter_id has 1025 bytes, more than 1024"},
		{"no candidate", vote(`"candidate":""`), rejection.MissingCandidate, "candidate is missing"},
		{"another candidate", vote(`"candidate":"Mickey Mouse"`), rejection.UnknownCandidate, `candidate "Mickey Mouse" isn't on the ballot`},
		{"no time", `{"voter_id":"p","candidate":"osei"}`, rejection.MissingTimestamp, "timestamp is missing"},
		{"a boolean as time", vote(`"timestamp":true`), rejection.WrongType, "timestamp is a boolean, not a text such as 2026-11-03T09:30:00Z"},
		{"no such time", vote(`"timestamp":"2026-02-30T09:30:00Z"`), rejection.InvalidTimestamp, `timestamp "2026-02-30T09:30:00Z" is no day of the calendar: write it as 2026-11-03T09:30:00Z`},
		{"early", vote(`"timestamp":"2026-11-03T05:59:59.999999Z"`), rejection.OutsideVotingHours, "cast at 2026-11-03T05:59:59.999999Z; voting hours are 2026-11-03T06:00:00Z to 2026-11-03T20:00:00Z"},
		{"at closing time", vote(`"timestamp":"2026-11-03T20:00:00Z"`), rejection.OutsideVotingHours, "cast at 2026-11-03T20:00:00Z; voting hours are 2026-11-03T06:00:00Z to 2026-11-03T20:00:00Z"},
	}
	p := record.NewParser(ballot())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := p.Vote([]byte(tt.value), recorded)
			if diff := cmp.Diff(&rejection.Rejection{Reason: tt.reason, Detail: tt.detail}, r); diff != "" {
				t.Errorf("rejection (-want +got):\n%s", diff)
			}
		})
	}
	if _, r := p.Vote(nil, recorded); r == nil || r.Reason != rejection.Tombstone {
		t.Errorf("a tombstone: %v", r)
	}
}

func TestOpenBallot(t *testing.T) {
	p := record.NewParser(election.OpenBallot())
	vote := func(timestamp string) (record.Vote, *rejection.Rejection) {
		return p.Vote([]byte(`{"voter_id":"p","candidate":" Mickey Mouse ","timestamp":"`+timestamp+`"}`), recorded)
	}
	got, r := vote("2026-11-03T09:30:00Z")
	if r != nil || got.Candidate != "Mickey Mouse" {
		t.Errorf("vote = %+v, %v; want any candidate, in its canonical form", got, r)
	}
	for timestamp, want := range map[string]string{
		"2026-11-04T09:30:05Z":        "", // a day ahead
		"2026-11-04T09:30:05.000001Z": rejection.TimestampInFuture,
		"2025-11-02T09:30:05Z":        "", // 366 days behind
		"2025-11-02T09:30:04Z":        rejection.ImplausibleTimestamp,
		"9999-12-31T23:59:59Z":        rejection.TimestampInFuture,
		"0001-01-01T00:00:00Z":        rejection.ImplausibleTimestamp,
	} {
		reason := ""
		if _, r := vote(timestamp); r != nil {
			reason = r.Reason
		}
		if reason != want {
			t.Errorf("vote at %s: rejected for %q, want %q", timestamp, reason, want)
		}
	}
	voter, r := p.Voter([]byte(`{"voter_id":"p","state":"Anywhere"}`), recorded)
	if r != nil || voter.Region != "Anywhere" {
		t.Errorf("voter = %+v, %v; want any region, in its canonical form", voter, r)
	}
}

func TestVoter(t *testing.T) {
	p := record.NewParser(ballot())
	parses(t, p.Voter, []parsed[record.Voter]{
		{"a time without a zone, as Python writes it",
			`{"voter_id": "p1", "name": "Jo Doe", "age": 42, "gender": "Non-binary", "state": "Texas", "county": "Travis", "registration_date": "2023-05-06T07:08:09.123456"}`,
			record.Voter{ID: "p1", Name: "Jo Doe", Age: 42, AgeGroup: "35-49", Gender: "non-binary", Region: "TX", County: "Travis", RegistrationDate: date("2023-05-06")}},
		{"the least", `{"voter_id":7,"state":"n.m."}`,
			record.Voter{ID: "7", Age: election.NoAge, AgeGroup: "unknown", Gender: "unknown", Region: "NM", RegionText: "n.m."}},
		{"age as a text, a day, a precinct", `{"voter_id":"p","state":"nm","age":" 18 ","registration_date":"2024-02-29","precinct":12,"gender":" "}`,
			record.Voter{ID: "p", Age: 18, AgeGroup: "18-24", Gender: "unknown", Region: "NM", RegionText: "nm", Precinct: "12", RegistrationDate: date("2024-02-29")}},
		{"age as a float", `{"voter_id":"p","state":"TX","age":65.0}`,
			record.Voter{ID: "p", Age: 65, AgeGroup: "65+", Gender: "unknown", Region: "TX"}},
	})
}

func TestVoterRejections(t *testing.T) {
	tests := []struct{ fields, reason string }{
		{`"voter_id":null`, rejection.MissingVoterID},
		{`"voter_id":true`, rejection.WrongType},
		{`"state":null`, rejection.MissingState},
		{`"state":"Atlantis"`, rejection.UnknownRegion},
		{`"age":-1`, rejection.InvalidAge},
		{`"age":131`, rejection.InvalidAge},
		{`"age":41.5`, rejection.InvalidAge},
		{`"age":1e400`, rejection.InvalidAge},
		{`"age":"NaN"`, rejection.InvalidAge},
		{`"age":"old"`, rejection.InvalidAge},
		{`"age":[]`, rejection.WrongType},
		{`"gender":{}`, rejection.WrongType},
		{`"county":"` + strings.Repeat("é", 600) + `"`, rejection.TextTooLong},
		{`"registration_date":"5/6/2023"`, rejection.InvalidRegistrationDate},
		{`"registration_date":"6 mai 2023"`, rejection.InvalidRegistrationDate},
		{`"registration_date":"2023-05-06T99:00:00"`, rejection.InvalidRegistrationDate},
		{`"registration_date":20230506`, rejection.InvalidRegistrationDate},
		{`"registration_date":true`, rejection.WrongType},
		{`"registration_date":"2026-11-05"`, rejection.RegistrationInFuture},
	}
	p := record.NewParser(ballot())
	for _, tt := range tests {
		_, r := p.Voter([]byte(`{"voter_id":"p","state":"TX",`+tt.fields+`}`), recorded)
		if r == nil || r.Reason != tt.reason {
			t.Errorf("with %.60s: rejected for %v, want %s", tt.fields, r, tt.reason)
		}
	}
}

func FuzzVote(f *testing.F) {
	f.Add([]byte(`{"vote_id":"v1","voter_id":"p1","candidate":"Candidate A","candidate_image":"https://example.org/a.jpg","timestamp":"2026-11-03T09:30:00.123456","polling_station":"Station-7"}`))
	f.Add([]byte(`{"voter_id":42,"candidate":"osei","voted_at":"2026-11-03 11:30:00,5+0200"}`))
	f.Add([]byte(`{"voter_id":"\ud800","candidate":"\u0000","timestamp":"0001-01-01T00:00:00+23:59"}`))
	f.Add([]byte(`{"schema":{},"payload":{"op":"c","before":null,"after":{"voter_id":"p","candidate":"c","timestamp":1793698200}}}`))
	f.Add([]byte(`{"voter_id":7.001e3,"candidate":"\u200bJose\u0301","timestamp":[2026,11,3,9,30]}`))
	f.Add([]byte(`{"voter_id":[],"candidate":{},"timestamp":1e999}`))
	parsers := []*record.Parser{record.NewParser(ballot()), record.NewParser(election.OpenBallot())}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, p := range parsers {
			v, r := p.Vote(value, recorded)
			checkRejection(t, r)
			if r == nil {
				checkTexts(t, v.VoterID, v.Candidate)
				checkTexts(t, v.VoterID, v.ID, v.CandidateImage, v.CandidateText, v.PollingStation)
				if v.VoterID != canonical.Text(v.VoterID) || v.Candidate != canonical.Text(v.Candidate) {
					t.Errorf("not canonical: %+q, %+q", v.VoterID, v.Candidate)
				}
				if v.Candidate == "" || v.CastAt.Year() < 1 || v.CastAt.Year() > 9999 || v.CastAt.Nanosecond()%1000 != 0 {
					t.Errorf("accepted %+v", v)
				}
			}
		}
	})
}

func FuzzVoter(f *testing.F) {
	f.Add([]byte(`{"voter_id":"p1","name":"Jo Doe","age":42,"gender":"Non-binary","state":"Texas","county":"Travis","registration_date":"2023-05-06T07:08:09.123456"}`))
	f.Add([]byte(`{"voter_id":7,"state":"n.m.","age":"18","registration_date":"2024-02-29","precinct":null}`))
	f.Add([]byte(`{"voter_id":"","state":1e9,"age":-0.0,"registration_date":"9999-12-31"}`))
	parsers := []*record.Parser{record.NewParser(ballot()), record.NewParser(election.OpenBallot())}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, p := range parsers {
			v, r := p.Voter(value, recorded)
			checkRejection(t, r)
			if r == nil {
				checkTexts(t, v.ID, v.Name, v.Gender, v.Region, v.County, v.Precinct)
				if v.Region == "" || v.Gender == "" || v.AgeGroup != election.AgeGroup(v.Age) {
					t.Errorf("accepted %+v", v)
				}
			}
		}
	})
}

func checkRejection(t *testing.T, r *rejection.Rejection) {
	if r != nil && (r.Reason == "" || r.Detail == "" || !utf8.ValidString(r.Detail) || len(r.Detail) > 1000) {
		t.Errorf("rejection %+v", r)
	}
}

// checkTexts checks what a STRING column takes; the first must not be empty.
func checkTexts(t *testing.T, texts ...string) {
	if texts[0] == "" {
		t.Error("a text that must be there is empty")
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || len(s) > election.MaxTextBytes {
			t.Errorf("text %q", s)
		}
	}
}

func BenchmarkVote(b *testing.B) {
	value := []byte(`{"vote_id":"0b6f3f6e-2f0a-4f0c-9a51-0a1b2c3d4e5f","voter_id":"5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a","candidate":"Candidate A","candidate_image":"https://randomuser.me/api/portraits/men/12.jpg","timestamp":"2026-11-03T09:30:00.123456","polling_station":"Station-7"}`)
	p := record.NewParser(ballot())
	b.ReportAllocs()
	for b.Loop() {
		if _, r := p.Vote(value, recorded); r != nil {
			b.Fatal(r)
		}
	}
}
