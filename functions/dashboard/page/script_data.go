package page

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// What the page holds for its script alone.

// short is what a line has room for.
func short(c results.Candidate) string {
	if words := strings.Fields(c.Name); c.Party != "" && len(words) > 0 {
		return words[len(words)-1]
	}
	return c.Name
}

// Meaning is what a listener would want to know: how the count stands, who leads, by
// how many whole points, and at how many twentieths of the electorate. The script
// says the headline aloud when it changes.
func (p content) Meaning() string {
	leader, margin, turnout := "", 0.0, 0.0
	if p.Totals.Leader != nil {
		leader = *p.Totals.Leader
	}
	if p.Totals.MarginShare != nil {
		margin = *p.Totals.MarginShare
	}
	if p.Totals.Turnout != nil {
		turnout = *p.Totals.Turnout
	}
	return fmt.Sprintf("%s %s %s %.0f %.0f", p.Status, p.Totals.Race, leader, math.Round(margin*100), math.Floor(turnout*20))
}

// instant writes a time for the script; nothing where there is none.
func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// Settled reports whether everything that is known to be on Kafka is counted: the figures
// are behind nothing, however long nobody has voted.
func (p content) Settled() bool {
	return p.State.CheckedAt != nil && p.State.Unread == 0 && p.State.Unsettled == 0
}
