package text

import (
	"math"
	"time"

	"golang.org/x/text/number"
)

// The way of writing figures. web/src/text.js writes those of the charts and of the
// chip the same way.

// None stands for a figure that doesn't exist.
var None = Say("number.none")

// Integer writes a whole number.
func Integer(n int64) string { return words.number.Sprint(number.Decimal(n)) }

// Tenths writes a number with one decimal.
func Tenths(n float64) string { return words.number.Sprint(number.Decimal(n, number.Scale(1))) }

// Tenth rounds a share to a tenth of a point.
func Tenth(share float64) float64 { return math.Round(share*1000) / 10 }

// Percent writes a share from 0 to 1 with one decimal.
func Percent(share float64) string {
	return Say("number.percent", "n", Tenths(Tenth(share)))
}

// WholePercent writes a share without decimals, and never 0% or 100% for a
// share that only rounds to it.
func WholePercent(share float64) string {
	whole := func(p float64) string { return Say("number.percent", "n", int64(math.RoundToEven(p))) }
	switch p := share * 100; {
	case p > 0 && p < 1:
		return Say("number.under", "n", whole(1))
	case p > 99 && p < 100:
		return Say("number.over", "n", whole(99))
	default:
		return whole(p)
	}
}

// Points writes a difference of shares, with one decimal.
func Points(share float64) string {
	key := "points.other"
	if Tenth(share) == 1 {
		key = "points.one"
	}
	return Say(key, "n", Tenths(Tenth(share)))
}

// Turnout writes a share that may not exist.
func Turnout(share *float64) string {
	if share == nil {
		return None
	}
	return Percent(*share)
}

// Lead writes a difference of shares in points with its sign. There is none
// between equals.
func Lead(share *float64) string {
	switch {
	case share == nil, *share == 0:
		return None
	case Tenth(*share) == 0:
		return Say("number.under", "n", Tenths(0.1))
	}
	return Say("number.more", "n", Tenths(Tenth(*share)))
}

// Signed writes a change.
func Signed(n int64) string {
	if n > 0 {
		return Say("number.more", "n", Integer(n))
	}
	return Integer(n)
}

// Lag writes a number of seconds.
func Lag(seconds *float64) string {
	if seconds == nil {
		return None
	}
	return span(time.Duration(*seconds * float64(time.Second)))
}

// span writes a length of time in its largest unit.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 90*time.Second:
		return Say("span.seconds", "n", Integer(int64(d/time.Second)))
	case d < 90*time.Minute:
		return Say("span.minutes", "n", Integer(int64(d/time.Minute)))
	case d < 48*time.Hour:
		return Say("span.hours", "n", Integer(int64(d/time.Hour)))
	}
	return Say("span.days", "n", Integer(int64(d/(24*time.Hour))))
}

// Clock writes a time of day.
func Clock(t *time.Time) string {
	if t == nil {
		return None
	}
	return Say("date.clock", "time", t.UTC().Format(time.TimeOnly))
}

// Moment writes a time with its day.
func Moment(t *time.Time) string {
	if t == nil {
		return None
	}
	return dated("date.moment", *t)
}

// Hour writes the start of an hour or minute.
func Hour(t time.Time) string { return dated("date.hour", t) }

// Day writes a date that comes as 2006-01-02.
func Day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return dated("date.day", t)
}

// dated writes a time by a pattern of the language.
func dated(key string, t time.Time) string {
	t = t.UTC()
	return Say(key,
		"day", t.Day(), "month", words.months[t.Month()-1], "mon", words.short[t.Month()-1], "year", t.Year(),
		"time", t.Format("15:04"))
}

// Machine writes a time for the datetime attribute.
func Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
