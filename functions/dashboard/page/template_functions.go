package page

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// formats are the functions that templates use.
var formats = template.FuncMap{
	"say":       text.Say,
	"integer":   text.Integer,
	"percent":   text.Percent,
	"turnout":   text.Turnout,
	"lead":      text.Lead,
	"clock":     text.Clock,
	"moment":    text.Moment,
	"day":       text.Day,
	"hour":      text.Hour,
	"machine":   text.Machine,
	"units":     share1000,
	"instant":   instant,
	"points":    func(share float64) string { return strconv.FormatFloat(text.Tenth(share), 'f', 1, 64) },
	"count":     func(n int64) string { return text.Count(n, "votes") },
	"balance":   balance,
	"same":      strings.EqualFold,
	"initials":  initials,
	"ink":       ink,
	"picture":   picture,
	"lag":       text.Lag,
	"source":    sourceOf,
	"groupkey":  disclosure.Group.Key,
	"groupname": groupName,
	"dict":      dict,
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
func balance(topic string, a results.Account) string {
	if a.Balanced {
		return text.Say("books.balanced", "topic", topic)
	}
	off := a.Records - a.Accepted - a.Duplicate - a.Rejected - a.Pending
	if off == 0 {
		return text.Say("books.off.partition", "topic", topic)
	}
	return text.Say("books.off", "topic", topic, "n", text.Integer(off))
}

// groupName names an age group or gender as people do, or both.
func groupName(g disclosure.Group) string {
	name := func(kind, value string) string {
		if key := kind + "." + value; text.Has(key) {
			return text.Say(key)
		}
		return value
	}
	switch {
	case g.AgeGroup != "" && g.Gender != "":
		return text.Say("who.both", "age", name("age", g.AgeGroup), "gender", name("gender", g.Gender))
	case g.AgeGroup != "":
		return name("age", g.AgeGroup)
	}
	return name("gender", g.Gender)
}

// dict makes a template's data of pairs (name, value).
func dict(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
