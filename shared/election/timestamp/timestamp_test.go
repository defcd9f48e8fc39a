package timestamp_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/election/timestamp"
)

func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		// ISO 8601 and RFC 3339.
		{"2026-11-03T09:30:00Z", "2026-11-03T09:30:00Z"},
		{"2026-11-03t09:30:00z", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30:00,123456789Z", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03T09:30:00+02:00", "2026-11-03T07:30:00Z"},
		{"2026-11-03T09:30:00-0530", "2026-11-03T15:00:00Z"},
		{"2026-11-03T09:30:00−05:30", "2026-11-03T15:00:00Z"}, // ISO 8601's own minus sign
		{"2026-11-03T09:30:00+02", "2026-11-03T07:30:00Z"},
		{"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
		{"20261103T093000Z", "2026-11-03T09:30:00Z"},
		{"20261103T093000.5Z", "2026-11-03T09:30:00.5Z"},
		{"20261103T0930+0100", "2026-11-03T08:30:00Z"},
		{"2026/11/03 09:30:00", "2026-11-03T09:30:00Z"},
		{" 2026-11-03T09:30:00Z\n", "2026-11-03T09:30:00Z"},
		{"\ufeff2026-11-03T09:30:00Z\u200e", "2026-11-03T09:30:00Z"},
		{"2026-11-03\u00a009:30:00", "2026-11-03T09:30:00Z"},

		// Java: LocalDateTime, OffsetDateTime and ZonedDateTime leave :00 out,
		// Instant never does; Timestamp and Date.
		{"2026-11-03T09:30", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30Z", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30+01:00", "2026-11-03T08:30:00Z"},
		{"2026-11-03T09:30:15.000000001Z", "2026-11-03T09:30:15Z"},
		{"2026-11-03T09:30Z[UTC]", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30:00+01:00[Europe/Paris]", "2026-11-03T08:30:00Z"},
		{"2026-11-03T09:30-03:00[America/Argentina/Buenos_Aires]", "2026-11-03T12:30:00Z"},
		{"2026-11-03T09:30[UTC]", "2026-11-03T09:30:00Z"},
		{"2026-11-03T09:30:00[Etc/UTC]", "2026-11-03T09:30:00Z"},
		{"1883-11-18T12:00-04:56:02[America/New_York]", "1883-11-18T16:56:02Z"},
		{"2026-11-03 09:30:00.0", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 09:30:00 UTC 2026", "2026-11-03T09:30:00Z"},

		// Python: isoformat, str, ctime, email.utils.formatdate, time.time, numpy.
		{"2026-11-03T09:30:00.123456", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03 09:30:00.123456+00:00", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03 09:30:00", "2026-11-03T09:30:00Z"},
		{"Tue Nov  3 09:30:00 2026", "2026-11-03T09:30:00Z"},
		{"Tue, 03 Nov 2026 09:30:00 -0000", "2026-11-03T09:30:00Z"},
		{"1793698200.1234567", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03T09:30:00.123456789", "2026-11-03T09:30:00.123456Z"},

		// JavaScript: toISOString, toString, toUTCString, Date.now.
		{"2026-11-03T09:30:00.000Z", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 2026 10:30:00 GMT+0100 (Central European Standard Time)", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 2026 10:30:00 GMT+0100 (heure normale d’Europe centrale)", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 2026 09:30:00 GMT+0000", "2026-11-03T09:30:00Z"},
		{"Tue, 03 Nov 2026 09:30:00 GMT", "2026-11-03T09:30:00Z"},
		{"1793698200123", "2026-11-03T09:30:00.123Z"},

		// Go: Time.String, with and without its monotonic reading; its layouts.
		{"2026-11-03 09:30:00 +0000 UTC", "2026-11-03T09:30:00Z"},
		{"2026-11-03 10:30:00.123456789 +0100 CET m=+0.000012345", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03 06:30:00 -0300 -03", "2026-11-03T09:30:00Z"},
		{"2026-11-03 15:00:00 +0530 +0530", "2026-11-03T09:30:00Z"},
		{"Tue Nov  3 09:30:00 UTC 2026", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 10:30:00 +0100 2026", "2026-11-03T09:30:00Z"},

		// .NET: "o", "u", "r", DateTimeOffset, the older JSON serializers.
		{"2026-11-03T09:30:00.1234567Z", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03T10:30:00.1234567+01:00", "2026-11-03T09:30:00.123456Z"},
		{"2026-11-03 09:30:00Z", "2026-11-03T09:30:00Z"},
		{"/Date(1793698200123)/", "2026-11-03T09:30:00.123Z"},
		{"/Date(1793698200123+0100)/", "2026-11-03T09:30:00.123Z"},
		{"/Date(-1)/", "1969-12-31T23:59:59.999Z"},

		// PostgreSQL, BigQuery, and their kind.
		{"2026-11-03 09:30:00+00", "2026-11-03T09:30:00Z"},
		{"2026-11-03 15:00:00.5+05:30", "2026-11-03T09:30:00.5Z"},
		{"2026-11-03 09:30:00 UTC", "2026-11-03T09:30:00Z"},
		{"2026-11-03 09:30:00 +00:00", "2026-11-03T09:30:00Z"},
		{"Tue Nov 03 09:30:00 2026 UTC", "2026-11-03T09:30:00Z"},

		// RFC 2822, cookies, Ruby.
		{"Tuesday, 03-Nov-2026 09:30:00 GMT", "2026-11-03T09:30:00Z"},
		{"2026-11-03 10:30:00 +0100", "2026-11-03T09:30:00Z"},
		{"3 Nov 2026 09:30 +0000", "2026-11-03T09:30:00Z"},
		{"Tue, 3 Nov 2026 10:30:00 +0100 (CET)", "2026-11-03T09:30:00Z"},

		// Leap seconds are the first second of what follows.
		{"2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z"},
		{"2026-12-31T18:59:60.5-05:00", "2027-01-01T00:00:00.5Z"},

		// The time since 1970, by its size.
		{"1793698200", "2026-11-03T09:30:00Z"},
		{"1793698200123456", "2026-11-03T09:30:00.123456Z"},
		{"1793698200123456789", "2026-11-03T09:30:00.123456Z"},
		{"1.7936982E9", "2026-11-03T09:30:00Z"},
		{"1.793698200123e12", "2026-11-03T09:30:00.123Z"},
		{"1793698200123.5", "2026-11-03T09:30:00.1235Z"},
		{"946684800", "2000-01-01T00:00:00Z"},
		{"4102444799999", "2099-12-31T23:59:59.999Z"},
	}
	for _, tt := range tests {
		got, err := timestamp.Parse(tt.text)
		want, bad := time.Parse(time.RFC3339Nano, tt.want)
		if bad != nil {
			t.Fatal(bad)
		}
		if err != nil || !got.Equal(want) {
			t.Errorf("Parse(%q) = %v, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestTimesThatAreRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "is empty"},
		{" \u200b", "is empty"},
		{"yesterday", "isn't a form of time that is read"},
		{"2026-11-03", "is a day without a time"},
		{"3 Nov 2026", "is a day without a time"},
		{"2023-02-29T00:00:00Z", "is no day of the calendar"},
		{"2026-13-01T00:00:00Z", "is no day of the calendar"},
		{"0000-01-01T00:00:00Z", "is no day of the calendar"},
		{"2026-11-03T24:00:00Z", "has no such hour, minute or second (midnight is 00:00 of the next day)"},
		{"2026-11-03T09:60:00Z", "has no such hour, minute or second (midnight is 00:00 of the next day)"},
		{"2026-11-03T09:30:61Z", "has no such hour, minute or second (midnight is 00:00 of the next day)"},
		{"2026-11-03T09:30:60Z", "has a second 60, which a leap second has, at 23:59 UTC"},
		{"0001-01-01T00:00:00+01:00", "lies outside the years 1 to 9999"},
		{"9999-12-31T23:59:59-01:00", "lies outside the years 1 to 9999"},
		{"3 Nov 12026 09:30", "lies outside the years 1 to 9999"},
		{"02/03/2026 09:30:00", "puts day and month in an order that can't be told: 02/03 is 2 March or 3 February"},
		{"11/03/2026, 9:30:00 AM", "puts day and month in an order that can't be told: 02/03 is 2 March or 3 February"},
		{"25/12/2026 09:30", "puts day and month in an order that can't be told: 02/03 is 2 March or 3 February"},
		{"03.11.2026 09:30:00", "puts day and month in an order that can't be told: 02/03 is 2 March or 3 February"},
		{"3-11-26", "puts day and month in an order that can't be told: 02/03 is 2 March or 3 February"},
		{"Nov 3, 2026, 9:30:00\u202fAM", "is written for a country's readers, by the clock of twelve hours and without a zone"},
		{"2026-11-03 09:30:00 p.m.", "is written for a country's readers, by the clock of twelve hours and without a zone"},
		{"Tuesday, 03-Nov-26 09:30:00 UTC", "has a year of two digits"},
		{"03 Nov 26 09:30 GMT", "has a year of two digits"},
		{"Mon, 03 Nov 2026 09:30:00 GMT", "names a weekday that its date isn't"},
		{"2026-11-03 09:30:00 CST", "abbreviates its zone by letters that mean several offsets (CST is -06:00 and +08:00)"},
		{"Tue Nov 03 09:30:00 CET 2026", "abbreviates its zone by letters that mean several offsets (CST is -06:00 and +08:00)"},
		{"2026-11-03T09:30:00[Europe/Paris]", "names a zone without its offset from UTC"},
		{"2026-11-03 09:30:00 Europe/Paris", "names a zone without its offset from UTC"},
		{"2026-11-03T09:30:00Z[!u-ca=hebrew]", "has an annotation in brackets that must be understood, and isn't"},
		{"2026-11-03T09:30:00+24:00", "has a zone that isn't an offset from UTC"},
		{"2026-11-03T09:30:00.", "has a fraction that isn't one of its seconds in digits"},
		{"2026-11-03T09:30,5Z", "has a fraction that isn't one of its seconds in digits"},
		{"03-NOV-26 09.30.00 AM", "is written for a country's readers, by the clock of twelve hours and without a zone"},
		{"2026-11-03X09:30:00", "isn't a form of time that is read"},
		{"2026-1-03T09:30:00", "isn't a form of time that is read"},
		{"Di, 03 Nov 2026 09:30:00 GMT", "names a weekday that its date isn't"},
		{"3 mars 2026 09:30", "isn't a form of time that is read"},
		{"infinity", "isn't a form of time that is read"},
		{"/Date(soon)/", "isn't a form of time that is read"},
		{"17936982", "is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970"},
		{"-1793698200", "is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970"},
		{"4102444800", "is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970"},
		{"20261103093000", "is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970"},
		{"1e999999999", "is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970"},
		{"639290070001234567", "looks like the ticks of .NET: they aren't read"},
		{"46329.39583", "looks like the day number of a spreadsheet: it isn't read"},
	}
	for _, tt := range tests {
		if got, err := timestamp.Parse(tt.text); err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q) = %v, %v; want the error %q", tt.text, got, err, tt.want)
		}
	}
}

// rfc3339 is what time.Parse should take by that layout; it takes more, such
// as an hour of one digit.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// FuzzParse compares with package time where both know the form.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"2026-11-03T09:30:00Z", "2026-11-03T09:30:00.123456789+02:00", "0001-01-01T00:00:00Z", "2026-11-03T9:30:00Z", "9999-12-31T23:59:59.999999999-23:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, refused := timestamp.Parse(text)
		want, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || !rfc3339.MatchString(text) {
			return
		}
		want = want.Truncate(time.Microsecond)
		if y := want.UTC().Year(); y < 1 || y > 9999 || text[:4] == "0000" {
			return
		}
		if refused != nil || !got.Equal(want) {
			t.Errorf("Parse(%q) = %v, %v; package time says %v", text, got, refused, want)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		_, _ = timestamp.Parse("2026-11-03T09:30:00.123456")
	}
}
