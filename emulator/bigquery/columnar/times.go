package columnar

import (
	"fmt"
	"time"

	"cloud.google.com/go/civil"
)

// days is a date in days since 1970-01-01.
func days(d civil.Date) int32 { return int32(d.In(time.UTC).Unix() / (24 * 60 * 60)) }

// micros is a time of day in microseconds since midnight.
func micros(t civil.Time) int64 {
	return int64((t.Hour*60+t.Minute)*60+t.Second)*1_000_000 + int64(t.Nanosecond/1000)
}

// datetimeText is a DATETIME as text, with six digits after the second where it has a fraction.
func datetimeText(d civil.DateTime) string {
	fraction := d.Time.Nanosecond / 1000
	d.Time.Nanosecond = 0
	if fraction == 0 {
		return d.String()
	}
	return fmt.Sprintf("%s.%06d", d, fraction)
}
