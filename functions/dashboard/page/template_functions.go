package page

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// formats are the functions that the templates of a language use.
func formats(l *text.Language) template.FuncMap {
	return template.FuncMap{
		"say":         l.Say,
		"integer":     l.Integer,
		"percent":     l.Percent,
		"turnout":     l.Turnout,
		"lead":        l.Lead,
		"clock":       func(t *time.Time) template.HTML { return timed("date.clock", t, l.Clock(t)) },
		"clocktext":   l.Clock,
		"moment":      func(t *time.Time) template.HTML { return timed("date.moment", t, l.Moment(t)) },
		"day":         l.Day,
		"hour":        l.Hour,
		"machine":     text.Machine,
		"units":       share1000,
		"instant":     instant,
		"points":      func(share float64) string { return strconv.FormatFloat(text.Tenth(share), 'f', 1, 64) },
		"count":       func(n int64) string { return l.Count(n, "votes") },
		"balance":     func(topic string, a results.Account) string { return balance(l, topic, a) },
		"reasons":     func(t results.Topic) []rejected { return reasons(l, t) },
		"same":        strings.EqualFold,
		"initials":    initials,
		"ink":         ink,
		"picture":     picture,
		"lag":         l.Lag,
		"source":      sourceOf,
		"groupkey":    disclosure.Group.Key,
		"groupname":   func(g disclosure.Group) string { return GroupName(l, g) },
		"dict":        dict,
		"list":        func(names ...string) []string { return names },
		"shapes":      func() []string { return Marks },
		"picturehref": func(p content, chart, format string) string { return p.Chosen.pictureLink(chart, format) },
		"pictured":    content.writable,
	}
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

// timed is a time that the script writes anew for the reader's time zone, by the text with
// a key.
func timed(key string, t *time.Time, written string) template.HTML {
	if t == nil {
		return template.HTML(template.HTMLEscapeString(written))
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" data-as="%s">%s</time>`, text.Machine(*t), key, template.HTMLEscapeString(written)))
}

// rejected is how many records are rejected for a reason.
type rejected struct {
	Code    string
	Text    string // for readers; the code where there is none
	Records int64
}

// reasons lists the rejected records of a topic, the most first.
func reasons(l *text.Language, t results.Topic) []rejected {
	list := make([]rejected, 0, len(t.Reasons))
	for code, n := range t.Reasons {
		words := code
		if key := "reason." + code; l.Has(key) {
			words = l.Say(key)
		}
		list = append(list, rejected{code, words, n})
	}
	slices.SortFunc(list, func(a, b rejected) int { return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Code, b.Code)) })
	return list
}

// balance says whether an account adds up.
func balance(l *text.Language, topic string, a results.Account) string {
	if a.Balanced {
		return l.Say("books.balanced", "topic", topic)
	}
	off := a.Records - a.Accepted - a.Duplicate - a.Rejected - a.Pending
	if off == 0 {
		return l.Say("books.off.partition", "topic", topic)
	}
	return l.Say("books.off", "topic", topic, "n", l.Integer(off))
}

// GroupName names an age group or gender as people do, or both.
func GroupName(l *text.Language, g disclosure.Group) string {
	name := func(kind, value string) string {
		if key := kind + "." + value; l.Has(key) {
			return l.Say(key)
		}
		return value
	}
	switch {
	case g.AgeGroup != "" && g.Gender != "":
		return l.Say("who.both", "age", name("age", g.AgeGroup), "gender", name("gender", g.Gender))
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
