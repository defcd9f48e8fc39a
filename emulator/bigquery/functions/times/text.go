package times

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// text are the notations of times that CAST writes.
var text = function.Group{
	Natives: []function.Native{
		{Name: "bq_time_to_string", Args: function.Types{function.Clock}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return WithFraction(a[0].(time.Time), "15:04:05"), nil
		}},
		{Name: "bq_datetime_to_string", Args: function.Types{function.Timestamp}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return WithFraction(a[0].(time.Time), "2006-01-02 15:04:05"), nil
		}},
		{Name: "bq_timestamp_to_string", Args: function.Types{function.Timestamp, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			t, err := inZone(a[0].(time.Time), a[1].(string))
			if err != nil {
				return nil, err
			}
			return WithFraction(t, "2006-01-02 15:04:05") + shortOffset(t), nil
		}},
	},
}

// WithFraction writes a time with 0, 3 or 6 digits of its second, as BigQuery
// converts times to text.
func WithFraction(t time.Time, layout string) string {
	s := t.Format(layout)
	micros := t.Nanosecond() / 1000
	switch {
	case micros == 0:
		return s
	case micros%1000 == 0:
		return fmt.Sprintf("%s.%03d", s, micros/1000)
	default:
		return fmt.Sprintf("%s.%06d", s, micros)
	}
}

// shortOffset is a time's offset from UTC, with minutes only if there are any.
func shortOffset(t time.Time) string {
	if _, seconds := t.Zone(); seconds%3600 == 0 {
		return t.Format("-07")
	}
	return t.Format("-07:00")
}
