package dashboard

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// The page's way of writing figures. web/app.js writes them the same way, so
// that nothing jumps when it takes over; TestFormats keeps both in step.

// none stands for a figure that doesn't exist.
const none = "–"

// integer writes a whole number in groups of three digits.
func integer(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// percent writes a share from 0 to 1 with one decimal.
func percent(share float64) string { return fmt.Sprintf("%.1f%%", math.Round(share*1000)/10) }

// turnout writes a share that may not exist.
func turnout(share *float64) string {
	if share == nil {
		return none
	}
	return percent(*share)
}

// formats are the functions that templates use.
var formats = template.FuncMap{
	"integer":  integer,
	"percent":  percent,
	"turnout":  turnout,
	"lead":     lead,
	"clock":    clock,
	"moment":   moment,
	"day":      day,
	"hour":     hour,
	"machine":  machine,
	"units":    share1000,
	"count":    func(n int64) string { return count(n, "vote") },
	"balance":  balance,
	"same":     strings.EqualFold,
	"groups":   newGroupTable,
	"initials": initials,
	"ink":      ink,
	"picture":  picture,
}

// lead writes a difference of shares with its sign, in points.
func lead(share *float64) string {
	if share == nil {
		return none
	}
	return fmt.Sprintf("+%.1f", math.Round(*share*1000)/10)
}

// units is part / whole on a scale of a thousand, with one decimal.
func units(part, whole int64) string {
	if whole <= 0 {
		return "0.0"
	}
	return fmt.Sprintf("%.1f", math.Round(float64(part)/float64(whole)*10000)/10)
}

// share1000 is a share from 0 to 1 on a scale of a thousand.
func share1000(share *float64) string {
	if share == nil {
		return "0.0"
	}
	return fmt.Sprintf("%.1f", math.Round(min(*share, 1)*10000)/10)
}

// balance says whether an account adds up.
func balance(a Account) string {
	if a.Balanced {
		return "balanced"
	}
	off := a.Records - a.Accepted - a.Duplicate - a.Rejected - a.Pending
	if off == 0 {
		return "out of balance in a partition"
	}
	return "out of balance by " + integer(off)
}

// clock writes a time of day.
func clock(t *time.Time) string {
	if t == nil {
		return none
	}
	return t.UTC().Format("15:04:05 UTC")
}

// moment writes a time with its day.
func moment(t *time.Time) string {
	if t == nil {
		return none
	}
	return t.UTC().Format("2 Jan 2006, 15:04 UTC")
}

// hour writes the start of an hour.
func hour(t time.Time) string { return t.UTC().Format("2 Jan, 15:04") }

// day writes a date that comes as 2006-01-02.
func day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("2 January 2006")
}

// machine writes a time for the datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
