package text

import (
	"math"
	"time"

	"golang.org/x/text/number"
)

// The way of writing figures. web/src/text.js writes those of the chip, and what charts say at the
// pointer, the same way.

// None stands for a figure that doesn't exist.
func (l *Language) None() string { return l.Say("number.none") }

// Integer writes a whole number.
func (l *Language) Integer(n int64) string { return l.number.Sprint(number.Decimal(n)) }

// tenths writes a number with one decimal.
func (l *Language) tenths(n float64) string {
	return l.number.Sprint(number.Decimal(n, number.Scale(1)))
}

// Tenth rounds a share to a tenth of a point.
func Tenth(share float64) float64 { return math.Round(share*1000) / 10 }

// Percent writes a share from 0 to 1 with one decimal.
func (l *Language) Percent(share float64) string {
	return l.Say("number.percent", "n", l.tenths(Tenth(share)))
}

// WholePercent writes a share without decimals, and never 0% or 100% for a
// share that only rounds to it.
func (l *Language) WholePercent(share float64) string {
	whole := func(p float64) string { return l.Say("number.percent", "n", int64(math.RoundToEven(p))) }
	switch p := share * 100; {
	case p > 0 && p < 1:
		return l.Say("number.under", "n", whole(1))
	case p > 99 && p < 100:
		return l.Say("number.over", "n", whole(99))
	default:
		return whole(p)
	}
}

// Points writes a difference of shares, with one decimal.
func (l *Language) Points(share float64) string {
	key := "points.other"
	if Tenth(share) == 1 {
		key = "points.one"
	}
	return l.Say(key, "n", l.tenths(Tenth(share)))
}

// SignedPoints writes a change of shares in points, with its sign.
func (l *Language) SignedPoints(change float64) string {
	if n := Tenth(change); n > 0 {
		return l.Say("number.more", "n", l.tenths(n))
	} else if n < 0 {
		return l.tenths(n)
	}
	return l.tenths(0)
}

// Turnout writes a share that may not exist.
func (l *Language) Turnout(share *float64) string {
	if share == nil {
		return l.None()
	}
	return l.Percent(*share)
}

// Lead writes a difference of shares in points with its sign. There is none
// between equals.
func (l *Language) Lead(share *float64) string {
	switch {
	case share == nil, *share == 0:
		return l.None()
	case Tenth(*share) == 0:
		return l.Say("number.under", "n", l.tenths(0.1))
	}
	return l.Say("number.more", "n", l.tenths(Tenth(*share)))
}

// Signed writes a change.
func (l *Language) Signed(n int64) string {
	if n > 0 {
		return l.Say("number.more", "n", l.Integer(n))
	}
	return l.Integer(n)
}

// Lag writes a number of seconds.
func (l *Language) Lag(seconds *float64) string {
	if seconds == nil {
		return l.None()
	}
	return l.span(time.Duration(*seconds * float64(time.Second)))
}

// span writes a length of time in its largest unit.
func (l *Language) span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 90*time.Second:
		return l.Say("span.seconds", "n", l.Integer(int64(d/time.Second)))
	case d < 90*time.Minute:
		return l.Say("span.minutes", "n", l.Integer(int64(d/time.Minute)))
	case d < 48*time.Hour:
		return l.Say("span.hours", "n", l.Integer(int64(d/time.Hour)))
	}
	return l.Say("span.days", "n", l.Integer(int64(d/(24*time.Hour))))
}

// Clock writes a time of day.
func (l *Language) Clock(t *time.Time) string {
	if t == nil {
		return l.None()
	}
	return l.Say("date.clock", "time", t.UTC().Format(time.TimeOnly), "zone", "UTC")
}

// Moment writes a time with its day.
func (l *Language) Moment(t *time.Time) string {
	if t == nil {
		return l.None()
	}
	return l.MomentAt(t.UTC())
}

// MomentAt writes a time with its day, by the clock of its own zone.
func (l *Language) MomentAt(t time.Time) string { return l.dated("date.moment", t) }

// ShortDay writes the day of a time in its own zone, without the year.
func (l *Language) ShortDay(t time.Time) string { return l.dated("date.short", t) }

// Hour writes the start of an hour or minute.
func (l *Language) Hour(t time.Time) string { return l.dated("date.hour", t.UTC()) }

// Time writes the time of a day.
func (l *Language) Time(t time.Time) string { return l.dated("date.time", t.UTC()) }

// Day writes a date that comes as 2006-01-02.
func (l *Language) Day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return l.dated("date.day", t)
}

// dated writes a time, by the clock of its zone, by a pattern of the language.
func (l *Language) dated(key string, t time.Time) string {
	return l.Say(key,
		"day", t.Day(), "month", l.months[t.Month()-1], "mon", l.short[t.Month()-1], "year", t.Year(),
		"time", t.Format("15:04"), "zone", t.Format("MST"))
}

// Machine writes a time for the datetime attribute.
func Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
