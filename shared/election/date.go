package election

import (
	"fmt"
	"time"

	"cloud.google.com/go/civil"
)

// Date is a calendar day, written as YYYY-MM-DD. The zero Date is none.
type Date struct{ civil.Date }

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d.Date == civil.Date{} }

// Days returns the number of days since 1970-01-01.
func (d Date) Days() int { return d.DaysSince(civil.Date{Year: 1970, Month: time.January, Day: 1}) }

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Date.String()
}

// MarshalText writes no day as the empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD, or the empty text as no day.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	day, err := civil.ParseDate(string(b))
	if err != nil || !day.IsValid() {
		return fmt.Errorf("%q is not a date: write it as YYYY-MM-DD", b)
	}
	*d = Date{day}
	return nil
}
