package times

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// bucketing are functions that find the bucket of a time, from an origin on.
var bucketing = function.Group{
	Scalars: map[string]function.Scalar{
		"timestamp_bucket": bucket,
		"datetime_bucket":  bucket,
		"date_bucket":      bucket,
	},
	Natives: []function.Native{
		{Name: "bq_bucket", Args: function.Types{function.Timestamp, function.Interval, function.Timestamp, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			return bucketOf(a[0].(time.Time), a[1].(duckdb.Interval), a[2].(time.Time), a[3].(string))
		}},
	},
}

// bucket has buckets from 1950-01-01 on, unless an origin is given.
func bucket(c *function.Call) string {
	origin := c.Arg(2, "TIMESTAMP '1950-01-01'")
	return fmt.Sprintf("bq_bucket(CAST(%s AS TIMESTAMP), %s, CAST(%s AS TIMESTAMP), '%s')", c.Args[0], c.Args[1], origin, c.Type.Kind)
}

// bucketOf is the beginning of the bucket of a width, which has one part: months, that TIMESTAMP doesn't take, or days, or a
// time, that DATE doesn't take.
func bucketOf(t time.Time, width duckdb.Interval, origin time.Time, kind string) (any, error) {
	parts := 0
	for _, n := range []int64{int64(width.Months), int64(width.Days), width.Micros} {
		if n < 0 {
			return nil, function.Errorf("%s_BUCKET: the width of a bucket must be positive, not %s", kind, intervalValue(width))
		}
		if n > 0 {
			parts++
		}
	}
	if parts != 1 || kind == "TIMESTAMP" && width.Months > 0 || kind == "DATE" && width.Micros > 0 {
		return nil, function.Errorf("%s_BUCKET doesn't take the width %s: it must have one part that isn't 0, and that the type has", kind, intervalValue(width))
	}
	var start time.Time
	if width.Months > 0 {
		start = monthBucket(t, int(width.Months), origin)
	} else {
		length := int64(width.Days)*dayMicros + width.Micros
		since := t.UnixMicro() - origin.UnixMicro()
		rest := (since%length + length) % length
		start = time.UnixMicro(t.UnixMicro() - rest).UTC()
	}
	if start.Year() < 1 || start.Year() > 9999 {
		return nil, function.Errorf("%s_BUCKET: the bucket of %s begins before 0001-01-01", kind, t.Format("2006-01-02 15:04:05"))
	}
	return start, nil
}

// monthBucket counts months from the origin; the day is the last of a month that lacks the origin's.
func monthBucket(t time.Time, width int, origin time.Time) time.Time {
	months := (t.Year()-origin.Year())*12 + int(t.Month()) - int(origin.Month())
	months -= (months%width + width) % width
	start := monthsLater(origin, months)
	if start.After(t) {
		start = monthsLater(origin, months-width)
	}
	return start
}

func monthsLater(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
