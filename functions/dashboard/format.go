package dashboard

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// The page's way of writing figures. web/src/text.js writes them the same way,
// so that nothing jumps when it takes over; the browser tests compare both.

// formats are the functions that templates use.
var formats = template.FuncMap{
	"say":       words.say,
	"integer":   integer,
	"percent":   percent,
	"turnout":   turnout,
	"lead":      lead,
	"clock":     clock,
	"moment":    moment,
	"day":       day,
	"hour":      hour,
	"machine":   machine,
	"units":     share1000,
	"count":     func(n int64) string { return words.count(n, "votes") },
	"balance":   balance,
	"same":      strings.EqualFold,
	"initials":  initials,
	"ink":       ink,
	"picture":   picture,
	"lag":       lag,
	"source":    sourceOf,
	"groupkey":  groupKey,
	"groupname": groupName,
	"dict":      dict,
}

// none stands for a figure that doesn't exist.
var none = words.say("number.none")

// integer writes a whole number.
func integer(n int64) string { return words.integer(n) }

// tenth rounds a share to a tenth of a point.
func tenth(share float64) float64 { return math.Round(share*1000) / 10 }

// percent writes a share from 0 to 1 with one decimal.
func percent(share float64) string {
	return words.say("number.percent", "n", words.tenths(tenth(share)))
}

// turnout writes a share that may not exist.
func turnout(share *float64) string {
	if share == nil {
		return none
	}
	return percent(*share)
}

// lead writes a difference of shares in points with its sign. There is none
// between equals.
func lead(share *float64) string {
	switch {
	case share == nil, *share == 0:
		return none
	case tenth(*share) == 0:
		return words.say("number.under", "n", words.tenths(0.1))
	}
	return words.say("number.more", "n", words.tenths(tenth(*share)))
}

// units is part / whole on a scale of a thousand, with one decimal.
func units(part, whole int64) string {
	if whole <= 0 {
		return "0.0"
	}
	return thousandths(float64(part) / float64(whole))
}

// share1000 is a share from 0 to 1 on a scale of a thousand.
func share1000(share *float64) string {
	if share == nil {
		return "0.0"
	}
	return thousandths(min(*share, 1))
}

func thousandths(share float64) string {
	return strconv.FormatFloat(math.Round(share*10000)/10, 'f', 1, 64)
}

// balance says whether an account adds up.
func balance(topic string, a Account) string {
	if a.Balanced {
		return words.say("books.balanced", "topic", topic)
	}
	off := a.Records - a.Accepted - a.Duplicate - a.Rejected - a.Pending
	if off == 0 {
		return words.say("books.off.partition", "topic", topic)
	}
	return words.say("books.off", "topic", topic, "n", integer(off))
}

// signed writes a change.
func signed(n int64) string {
	if n > 0 {
		return words.say("number.more", "n", integer(n))
	}
	return integer(n)
}

// lag writes a number of seconds.
func lag(seconds *float64) string {
	if seconds == nil {
		return none
	}
	return span(time.Duration(*seconds * float64(time.Second)))
}

// span writes a length of time in its largest unit.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 90*time.Second:
		return words.say("span.seconds", "n", integer(int64(d/time.Second)))
	case d < 90*time.Minute:
		return words.say("span.minutes", "n", integer(int64(d/time.Minute)))
	case d < 48*time.Hour:
		return words.say("span.hours", "n", integer(int64(d/time.Hour)))
	}
	return words.say("span.days", "n", integer(int64(d/(24*time.Hour))))
}

// groupKey is the key that the API's patches give a group.
func groupKey(g Group) string { return g.State + "|" + g.AgeGroup + "|" + g.Gender }

// groupName names an age group or gender as people do, or both.
func groupName(g Group) string {
	name := func(kind, value string) string {
		if text, ok := words.words[kind+"."+value]; ok {
			return text
		}
		return value
	}
	switch {
	case g.AgeGroup != "" && g.Gender != "":
		return words.say("who.both", "age", name("age", g.AgeGroup), "gender", name("gender", g.Gender))
	case g.AgeGroup != "":
		return name("age", g.AgeGroup)
	}
	return name("gender", g.Gender)
}

// clock writes a time of day.
func clock(t *time.Time) string {
	if t == nil {
		return none
	}
	return words.say("date.clock", "time", t.UTC().Format(time.TimeOnly))
}

// moment writes a time with its day.
func moment(t *time.Time) string {
	if t == nil {
		return none
	}
	return dated("date.moment", *t)
}

// hour writes the start of an hour or minute.
func hour(t time.Time) string { return dated("date.hour", t) }

// day writes a date that comes as 2006-01-02.
func day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return dated("date.day", t)
}

// dated writes a time by a pattern of the language.
func dated(key string, t time.Time) string {
	t = t.UTC()
	return words.say(key,
		"day", t.Day(), "month", words.months[t.Month()-1], "mon", words.short[t.Month()-1], "year", t.Year(),
		"time", t.Format("15:04"))
}

// machine writes a time for the datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// dict makes a template's data of pairs (name, value).
func dict(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
