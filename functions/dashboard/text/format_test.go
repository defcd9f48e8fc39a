package text

import (
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	half := 0.12345
	stamp := time.Date(2026, 11, 3, 14, 3, 9, 900_000_000, time.UTC)
	for _, tc := range []struct{ got, want string }{
		{English.Integer(0), "0"},
		{English.Integer(999), "999"},
		{English.Integer(1000), "1,000"},
		{English.Integer(1234567), "1,234,567"},
		{English.Integer(-1234), "-1,234"},
		{English.Percent(0.12345), "12.3%"},
		{English.Percent(0.12350), "12.4%"},
		{English.Percent(1), "100.0%"},
		{English.Turnout(nil), English.None()},
		{English.Turnout(&half), "12.3%"},
		{English.Lead(&half), "+12.3"},
		{English.Lead(nil), English.None()},
		{English.Count(1, "votes"), "1 vote"},
		{English.Count(2000, "votes"), "2,000 votes"},
		{English.Clock(&stamp), "14:03:09 UTC"},
		{English.Clock(nil), English.None()},
		{English.Moment(&stamp), "3 Nov 2026, 14:03 UTC"},
		{English.Hour(stamp), "3 Nov, 14:03"},
		{English.Day("2026-11-03"), "3 November 2026"},
		{English.Day("soon"), "soon"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
