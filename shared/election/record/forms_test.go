package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

// A record that is wrapped keeps its object, one that isn't needs none.
func TestWrappedVote(t *testing.T) {
	const plain = `{"vote_id":"b-1","voter_id":"p","candidate":"José","timestamp":"2026-11-03T09:30:00Z","when":{"a":1}}`
	p := record.NewParser(election.OpenBallot())
	want, r := p.Vote([]byte(plain), recorded)
	if r != nil || want.Object != nil {
		t.Fatalf("the plain vote: %+v, %v", want, r)
	}
	want.Object = []byte(plain)
	got, r := p.Vote([]byte(`{"specversion":"1.0","data":`+plain+`}`), recorded)
	if diff := cmp.Diff(want, got); diff != "" || r != nil {
		t.Errorf("vote (-want +got), %v:\n%s", r, diff)
	}
}

func TestWrappedVoter(t *testing.T) {
	p := record.NewParser(election.OpenBallot())
	const plain = `{"voter_id":7001.0,"name":"Jo","state":"Texas","registration_date":19782}`
	got, r := p.Voter([]byte(`{"schema":{},"payload":{"op":"c","before":null,"after":`+plain+`}}`), recorded)
	want := record.Voter{ID: "7001", Name: "Jo", Region: "Texas", Age: election.NoAge, AgeGroup: election.Unknown, Gender: election.Unknown,
		RegistrationDate: date("2024-02-29"), Object: []byte(plain)}
	if diff := cmp.Diff(want, got); diff != "" || r != nil {
		t.Errorf("voter (-want +got), %v:\n%s", r, diff)
	}
}

// A missing field is explained by one whose name is spelt otherwise.
func TestFieldsInOtherSpellings(t *testing.T) {
	p := record.NewParser(election.OpenBallot())
	for _, tt := range []struct{ name, value, reason, detail string }{
		{"camel case", `{"voteId":"b","voterId":"p","candidate":"c"}`, rejection.MissingVoterID, `voter_id is missing: the record has "voterId"; names of fields are compared letter by letter`},
		{"capitals", `{"voter_id":"p","CANDIDATE":"c"}`, rejection.MissingCandidate, `candidate is missing: the record has "CANDIDATE"; names of fields are compared letter by letter`},
		{"another capital", `{"voter_id":"p","candidate":"c","Timestamp":"2026-11-03T09:30:00Z"}`, rejection.MissingTimestamp, `timestamp is missing: the record has "Timestamp"; names of fields are compared letter by letter`},
		{"in an envelope", `{"schema":{},"payload":{"candidate":"c"}}`, rejection.MissingVoterID, "voter_id is missing"},
	} {
		v, r := p.Vote([]byte(tt.value), recorded)
		if r == nil {
			t.Errorf("%s: accepted as %+v", tt.name, v)
		} else if diff := cmp.Diff(&rejection.Rejection{Reason: tt.reason, Detail: tt.detail}, r); diff != "" {
			t.Errorf("%s: rejection (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Votes and registrations that come from the future are told from those that
// are late.
func TestFromTheFuture(t *testing.T) {
	hours := record.NewParser(ballot())
	early := at("2026-11-01T12:00:00Z")
	_, r := hours.Vote([]byte(`{"voter_id":"p","candidate":"osei","timestamp":"2026-11-03T09:30:00Z"}`), early)
	want := &rejection.Rejection{Reason: rejection.TimestampInFuture, Detail: "cast at 2026-11-03T09:30:00Z, which is 45h30m0s after the broker took " +
		"the record at 2026-11-01T12:00:00Z: look at the producer's clock, date and zone"}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("a vote of the day after tomorrow (-want +got):\n%s", diff)
	}
	_, r = hours.Voter([]byte(`{"voter_id":"p","state":"TX","registration_date":"2027-01-01"}`), recorded)
	want = &rejection.Rejection{Reason: rejection.RegistrationInFuture, Detail: "registration_date is 2027-01-01, but the broker took the record at " +
		"2026-11-03T09:30:05Z: the registration lies in the future"}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("a registration of next year (-want +got):\n%s", diff)
	}
	if _, r := hours.Voter([]byte(`{"voter_id":"p","state":"TX","registration_date":"2026-11-04"}`), recorded); r != nil {
		t.Errorf("a registration of what is tomorrow in London, and today in Auckland: %v", r)
	}
}
