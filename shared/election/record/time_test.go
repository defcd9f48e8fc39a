package record_test

import (
	"testing"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

// The times that are no texts, and days.
func TestTimesOfOtherTypes(t *testing.T) {
	p := record.NewParser(election.OpenBallot())
	for value, want := range map[string]string{
		`1793698200`:                    "2026-11-03T09:30:00Z",
		`1793698200123`:                 "2026-11-03T09:30:00.123Z",
		`1793698200123456`:              "2026-11-03T09:30:00.123456Z",
		`1793698200.123456789`:          "2026-11-03T09:30:00.123456Z",
		`1.7936982E9`:                   "2026-11-03T09:30:00Z",
		`[2026,11,3,9,30]`:              "2026-11-03T09:30:00Z",
		`[2026, 11, 3, 9, 30, 15]`:      "2026-11-03T09:30:15Z",
		`[2026,11,3,9,30,15,123456789]`: "2026-11-03T09:30:15.123456Z",
		`[2026,11,3]`:                   "",
		`[2026,2,30,9,30]`:              "",
		`[2026,11,3,24,0]`:              "",
		`[2026,11,3,9]`:                 "",
		`["2026",11,3,9,30]`:            "",
		`[]`:                            "",
		`0`:                             "",
		`"\/Date(1793698200123)\/"`:     "2026-11-03T09:30:00.123Z",
		`"2026\u002d11-03T09:30:00.5Z"`: "2026-11-03T09:30:00.5Z",
	} {
		v, r := p.Vote([]byte(`{"voter_id":"p","candidate":"c","timestamp":`+value+`}`), recorded)
		switch {
		case want == "" && (r == nil || r.Reason != rejection.InvalidTimestamp):
			t.Errorf("timestamp %s is read as %v, %v; want it refused", value, v.CastAt, r)
		case want != "" && (r != nil || !v.CastAt.Equal(at(want))):
			t.Errorf("timestamp %s is read as %v, %v; want %s", value, v.CastAt, r, want)
		}
	}
	for value, want := range map[string]string{
		`"2024-02-29"`:                    "2024-02-29",
		`"2024-02-29T23:30:00-05:00"`:     "2024-02-29", // where it was written
		`"2024-02-29T23:30"`:              "2024-02-29",
		`"2024/02/29"`:                    "2024-02-29",
		`"29 Feb 2024"`:                   "2024-02-29",
		`"Thu, 29 Feb 2024 23:30:00 GMT"`: "2024-02-29",
		`[2024,2,29]`:                     "2024-02-29",
		`19782`:                           "2024-02-29", // days since 1970
		`-1`:                              "1969-12-31",
		`1709164800`:                      "2024-02-29",
		`1709164800000`:                   "2024-02-29",
		`"  "`:                            "",
		`null`:                            "",
	} {
		v, r := p.Voter([]byte(`{"voter_id":"p","state":"s","registration_date":`+value+`}`), recorded)
		if r != nil || v.RegistrationDate.String() != want {
			t.Errorf("registration_date %s is read as %v, %v; want %q", value, v.RegistrationDate, r, want)
		}
	}
}
