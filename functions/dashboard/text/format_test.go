package text

import (
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	half := 0.12345
	stamp := time.Date(2026, 11, 3, 14, 3, 9, 900_000_000, time.UTC)
	for _, tc := range []struct{ got, want string }{
		{Integer(0), "0"},
		{Integer(999), "999"},
		{Integer(1000), "1,000"},
		{Integer(1234567), "1,234,567"},
		{Integer(-1234), "-1,234"},
		{Percent(0.12345), "12.3%"},
		{Percent(0.12350), "12.4%"},
		{Percent(1), "100.0%"},
		{Turnout(nil), None},
		{Turnout(&half), "12.3%"},
		{Lead(&half), "+12.3"},
		{Lead(nil), None},
		{Count(1, "votes"), "1 vote"},
		{Count(2000, "votes"), "2,000 votes"},
		{Clock(&stamp), "14:03:09 UTC"},
		{Clock(nil), None},
		{Moment(&stamp), "3 Nov 2026, 14:03 UTC"},
		{Hour(stamp), "3 Nov, 14:03"},
		{Day("2026-11-03"), "3 November 2026"},
		{Day("soon"), "soon"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
