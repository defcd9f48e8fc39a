package record_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

// Spellings that look the same are one candidate, with and without a ballot. The
// spelling of the record is kept beside it.
func TestOneCandidateHoweverTyped(t *testing.T) {
	listed := record.NewParser(&election.Election{ID: "e", Name: "E", Candidates: []election.Candidate{
		{ID: "vasquez", Name: "Inés Vásquez"}, {ID: "strasser", Name: "Jürgen Straßer"},
	}})
	open := record.NewParser(election.OpenBallot())
	vote := func(p *record.Parser, candidate string) record.Vote {
		t.Helper()
		v, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"`+candidate+`"}`), recorded)
		if r != nil {
			t.Fatalf("candidate %+q: %v", candidate, r)
		}
		return v
	}
	for _, text := range []string{
		"Ine\u0301s Va\u0301squez", "\ufeffInés Vásquez", "Inés Vásquez\u200b", "Inés\u00a0Vásquez", " Inés   Vásquez\t", "In\u00adés Vásquez", "Ｉnés Vásquez",
	} {
		escaped := strings.ReplaceAll(text, "\t", `\t`)
		if v := vote(listed, escaped); v.Candidate != "vasquez" || v.CandidateText != text {
			t.Errorf("on a ballot %+q is %q, kept as %+q", text, v.Candidate, v.CandidateText)
		}
		if v := vote(open, escaped); v.Candidate != "Inés Vásquez" || v.CandidateText != text {
			t.Errorf("in an open ballot %+q is %q, kept as %+q", text, v.Candidate, v.CandidateText)
		}
	}
	// As the file spells it, there is nothing to keep.
	for _, text := range []string{"vasquez", "Inés Vásquez"} {
		if v := vote(listed, text); v.Candidate != "vasquez" || v.CandidateText != "" {
			t.Errorf("on a ballot %q is %q, kept as %q", text, v.Candidate, v.CandidateText)
		}
	}
	if v := vote(open, "Inés Vásquez"); v.Candidate != "Inés Vásquez" || v.CandidateText != "" {
		t.Errorf("in an open ballot %q is kept as %q", v.Candidate, v.CandidateText)
	}
	// A ballot has no case; without one nothing says which case is right.
	for _, text := range []string{"INÉS VÁSQUEZ", "inés vásquez", "VASQUEZ"} {
		if v := vote(listed, text); v.Candidate != "vasquez" || v.CandidateText != text {
			t.Errorf("on a ballot %q is %q, kept as %q", text, v.Candidate, v.CandidateText)
		}
		if v := vote(open, text); v.Candidate != text {
			t.Errorf("in an open ballot %q is %q", text, v.Candidate)
		}
	}
	if v := vote(listed, "JÜRGEN STRASSER"); v.Candidate != "strasser" {
		t.Errorf("STRASSER is %q", v.Candidate)
	}
	if _, r := listed.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"Ines Vasquez"}`), recorded); r == nil {
		t.Error("letters without their accents are taken for the same")
	}
	_, r := listed.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"Inés Vásquеz"}`), recorded)
	want := `candidate "Inés Vásquеz" isn't on the ballot: it mixes Latin letters with Cyrillic ones, "In\u00e9s V\u00e1squ\u0435z"`
	if r == nil || r.Detail != want {
		t.Errorf("a Cyrillic letter: %v, want %s", r, want)
	}
	if _, r := open.Vote([]byte("{\"voter_id\":\"p\",\"timestamp\":\"2026-11-03T09:30:00Z\",\"candidate\":\"\u200b\u3164\"}"), recorded); r == nil || r.Reason != rejection.MissingCandidate {
		t.Errorf("a name that nobody can see: %v", r)
	}
}

func TestOneRegionHoweverTyped(t *testing.T) {
	listed := record.NewParser(&election.Election{ID: "e", Name: "E", Regions: []election.Region{{ID: "NU", Name: "Ñuble"}}})
	open := record.NewParser(election.OpenBallot())
	for _, text := range []string{"N\u0303uble", "\u200eÑuble", "Ñuble\u00a0"} {
		value := []byte(`{"voter_id":"p","state":"` + text + `"}`)
		if v, r := listed.Voter(value, recorded); r != nil || v.Region != "NU" || v.RegionText != text {
			t.Errorf("region %+q is %q, kept as %+q, %v", text, v.Region, v.RegionText, r)
		}
		if v, r := open.Voter(value, recorded); r != nil || v.Region != "Ñuble" || v.RegionText != text {
			t.Errorf("without regions %+q is %q, kept as %+q, %v", text, v.Region, v.RegionText, r)
		}
	}
}

// One voter has one id, as text or number, however it is written.
func TestOneVoterHoweverWritten(t *testing.T) {
	p := record.NewParser(election.OpenBallot())
	id := func(value string) (string, *rejection.Rejection) {
		v, r := p.Voter([]byte(`{"state":"s","voter_id":`+value+`}`), recorded)
		w, again := p.Vote([]byte(`{"candidate":"c","timestamp":"2026-11-03T09:30:00Z","voter_id":`+value+`}`), recorded)
		if v.ID != w.VoterID || (r == nil) != (again == nil) {
			t.Errorf("voter_id %s is %q of a voter and %q of a vote", value, v.ID, w.VoterID)
		}
		return v.ID, r
	}
	for value, want := range map[string]string{
		`7001`: "7001", `7001.0`: "7001", `7001.000`: "7001", `7.001e3`: "7001", `7.001E+3`: "7001", `700100e-2`: "7001",
		`"7001"`: "7001", `"7001.0"`: "7001", `" 7001\u0000"`: "7001", `"７００１"`: "7001",
		`-7`: "-7", `0`: "0", `-0.0`: "0", `0e99`: "0", `1e3`: "1000",
		`123456789012345678901234567890`: "123456789012345678901234567890",
		`9007199254740993.0`:             "9007199254740993",
		// Texts that aren't what a column of floats makes of a whole number.
		`"007001"`: "007001", `"007001.0"`: "007001.0", `"7001.00"`: "7001.00", `"7.001e3"`: "7.001e3", `"-7.0"`: "-7.0", `"A-7.0"`: "A-7.0",
		`"A7"`: "A7", `"a7"`: "a7", `" a  7 "`: "a 7", `"7²"`: "7²",
	} {
		if got, r := id(value); r != nil || got != want {
			t.Errorf("voter_id %s is %q, %v; want %q", value, got, r, want)
		}
	}
	for value, reason := range map[string]string{
		`7001.5`: rejection.InvalidID, `7e-1`: rejection.InvalidID, `1e-99999999999`: rejection.InvalidID,
		`1e1025`: rejection.TextTooLong, `1e99999999999`: rejection.TextTooLong, strings.Repeat("9", 1025): rejection.TextTooLong,
		`"\u200b"`: rejection.MissingVoterID,
	} {
		if got, r := id(value); r == nil || r.Reason != reason {
			t.Errorf("voter_id %.40s is %q, %v; want it rejected as %s", value, got, r, reason)
		} else if strings.Contains(r.Detail, "7001") {
			t.Errorf("the detail tells who the voter is: %s", r.Detail)
		}
	}
}

func TestNumbersAsNames(t *testing.T) {
	p := record.NewParser(&election.Election{ID: "e", Name: "E", Candidates: []election.Candidate{{ID: "3", Name: "Three"}, {ID: "4", Name: "Four"}}})
	for value, want := range map[string]string{`3`: "3", `3.0`: "3", `"3"`: "3", `"3.0"`: "3", `4e0`: "4"} {
		v, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","polling_station":12.0,"vote_id":1.5,"candidate":`+value+`}`), recorded)
		if r != nil || v.Candidate != want || v.PollingStation != "12" || v.ID != "1.5" {
			t.Errorf("candidate %s is %+v, %v; want %s", value, v, r, want)
		}
	}
	if _, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":3.5}`), recorded); r == nil || r.Reason != rejection.InvalidID {
		t.Errorf("candidate 3.5: %v", r)
	}
}
