package aggregate

import (
	"fmt"
	"regexp"
	"strings"
)

// liveSteps are the steps of a pass, with registrations or without, whose temporary tables
// live_changes.sql reads, in order, and chain, which settle.sql reads.
func liveSteps(registrations bool) []string {
	steps := []string{"fresh_votes", "fresh_voters", "fresh_records", "roll", "contenders", "chain"}
	if !registrations {
		steps[3] = "roll_none"
	}
	return steps
}

// liveChanges returns what the records above the settled offsets change, as one query.
// It has the parameters floor, until, votes_from, voters_from and rejects_from of a pass,
// see Pass. The text of each step is that of a pass, so both decide alike. Without
// registrations it is right where none is above the settled offsets, and billed for less.
func liveChanges(registrations bool) string {
	var b strings.Builder
	separator := "WITH "
	for _, step := range liveSteps(registrations) {
		table, text := step, Statement(step)
		if m := temporary.FindStringSubmatchIndex(text); m != nil {
			table, text = text[m[2]:m[3]], text[m[1]:]
		}
		fmt.Fprintf(&b, "%s%s AS (\n%s\n)", separator, table, strings.TrimSpace(text))
		separator = ",\n"
	}
	b.WriteString(file("live_changes"))
	return b.String()
}

// tableFunctions are the bodies of the table functions of analytics, by name. Readers
// call them; shared/warehouse/functions has what each returns, and its text for
// Terraform.
func tableFunctions() map[string]string {
	return map[string]string{
		"live_changes":      functionBody(liveChanges(true)),
		"live_vote_changes": functionBody(liveChanges(false)),
		"live_arrivals":     functionBody(file("live_arrivals")),
	}
}

// argumentNames are the names of arguments, where they aren't those of the parameters.
var argumentNames = map[string]string{"floor": "ingested_from", "until": "ingested_before"}

var (
	temporary     = regexp.MustCompile(`CREATE TEMP TABLE (\w+) AS\n`)
	tableName     = regexp.MustCompile(`\b(?:raw|core|analytics)\.\w+`)
	parameterName = regexp.MustCompile(`@\w+`)
)

// functionBody turns a query into the body of a function: without comments, with
// arguments for parameters, and with the project before each table.
func functionBody(sql string) string {
	var b strings.Builder
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			b.WriteString(line)
		}
	}
	text := tableName.ReplaceAllString(b.String(), "`$${project}.$0`")
	return strings.TrimSpace(parameterName.ReplaceAllStringFunc(text, func(name string) string {
		name = name[1:]
		if other, renamed := argumentNames[name]; renamed {
			return other
		}
		return name
	}))
}
