package election_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

func TestParseTime(t *testing.T) {
	tests := []struct{ text, want string }{
		{"2026-11-03T09:30:00Z", "2026-11-03T09:30:00Z"},
		{"2026-11-03t09:30:00z", "2026-11-03T09:30:00Z"},
		{"2026-11-03 09:30:00", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30:00.5", "2026-11-03T09:30:00.5Z"},
		{"2026-11-03T09:30:00,123456789Z", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03T09:30:00+02:00", "2026-11-03T07:30:00Z"},
		{"2026-11-03T09:30:00-0530", "2026-11-03T15:00:00Z"},
		{"2026-11-03T09:30:00+02", "2026-11-03T07:30:00Z"},
		{"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
		{"2023-02-29T00:00:00Z", ""},
		{"2026-11-03", ""},
		{"2026-11-03T09:30", ""},
		{"2026-11-03T24:00:00Z", ""},
		{"2026-11-03T09:60:00Z", ""},
		{"2026-11-03T09:30:60Z", ""},
		{"2026-11-03T09:30:00.", ""},
		{"2026-11-03T09:30:00 UTC", ""},
		{"2026-11-03T09:30:00+24:00", ""},
		{"2026-11-03X09:30:00", ""},
		{"2026-1-03T09:30:00", ""},
		{"0000-01-01T00:00:00Z", ""},
		{"0001-01-01T00:00:00+01:00", ""},
		{"9999-12-31T23:59:59-01:00", ""},
		{"yesterday", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got, ok := election.ParseTime(tt.text)
		if ok != (tt.want != "") || (ok && !got.Equal(at(tt.want))) {
			t.Errorf("ParseTime(%q) = %v, %t; want %q", tt.text, got, ok, tt.want)
		}
	}
}

// rfc3339 is what time.Parse should take by that layout; it takes more, such
// as an hour of one digit.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// FuzzParseTime compares with package time where both know the form.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2026-11-03T09:30:00Z", "2026-11-03T09:30:00.123456789+02:00", "0001-01-01T00:00:00Z", "2026-11-03T9:30:00Z", "9999-12-31T23:59:59.999999999-23:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := election.ParseTime(text)
		want, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || !rfc3339.MatchString(text) {
			return
		}
		want = want.Truncate(time.Microsecond)
		if y := want.UTC().Year(); y < 1 || y > 9999 || text[:4] == "0000" {
			return
		}
		if !ok || !got.Equal(want) {
			t.Errorf("ParseTime(%q) = %v, %t; package time says %v", text, got, ok, want)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	for b.Loop() {
		election.ParseTime("2026-11-03T09:30:00.123456")
	}
}
