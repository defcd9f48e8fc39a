package aggregate

import (
	"fmt"
	"regexp"
	"strings"
)

// liveSteps are the steps of a pass, with registrations or without, whose temporary tables
// live_changes.sql reads, in order, and chain.sql, which settle.sql includes.
func liveSteps(registrations bool) []string {
	steps := []string{"fresh_votes", "fresh_voters", "fresh_records", "roll", "contenders", "chain"}
	if !registrations {
		steps[3] = "roll_none"
	}
	return steps
}

// liveChanges returns what the records above the settled offsets change, as one query.
// It has the parameters floor, until, votes_from, voters_from and rejects_from of a pass,
// see Pass. The text of each step is that of a rebuild, and on BigQuery of a pass. A pass on
// PostgreSQL runs rivals.sql in the place of contenders.sql: both rank votes by vote_rank.sql.
// Without registrations it is right where none is above the settled offsets, and billed for less.
func (d dialect) liveChanges(registrations bool) string {
	var b strings.Builder
	separator := "WITH "
	for _, step := range liveSteps(registrations) {
		table := strings.TrimSuffix(step, "_none")
		fmt.Fprintf(&b, "%s%s AS (\n%s\n)", separator, table, strings.TrimSpace(d.query(step)))
		separator = ",\n"
	}
	b.WriteString(d.Text("live_changes", nil))
	return b.String()
}

// intoTemporary is the beginning of a step that fills a temporary table, with the
// comments before it.
var intoTemporary = regexp.MustCompile(`^(?:--.*\n)*(?:CREATE TEMP TABLE \w+ AS|INSERT INTO \w+ \([^)]*\))\n`)

// query returns the query of a step that fills a temporary table.
func (d dialect) query(step string) string {
	text := ""
	switch step {
	case "fresh_records", "chain":
		text = d.Text(step, d.oneByOne())
	case "fresh_votes":
		text = d.Text("fresh", d.fresh(freshTables[0], false))
	case "fresh_voters":
		text = d.Text("fresh", d.fresh(freshTables[1], false))
	default:
		text = d.part(step)
	}
	return intoTemporary.ReplaceAllString(text, "")
}

// tableFunctions are the bodies of the table functions of analytics on BigQuery, by name.
// Readers call them; shared/warehouse/functions has what each returns, and its text for
// Terraform.
func tableFunctions() map[string]string {
	all := map[string]string{}
	bodies := googleSQL.functionBodies()
	bodies["live_vote_changes"] = functionBody(googleSQL.liveChanges(false))
	for name, body := range bodies {
		all[name] = tableName.ReplaceAllString(body, "`$${project}.$${prefix}$0`")
	}
	return all
}

// functionBodies are the queries that readers get as functions of analytics, by name, with
// arguments for parameters.
func (d dialect) functionBodies() map[string]string {
	return map[string]string{
		"live_changes":  functionBody(d.liveChanges(true)),
		"live_arrivals": functionBody(d.Text("live_arrivals", nil)),
	}
}

// argumentNames are the names of arguments, where they aren't those of the parameters.
var argumentNames = map[string]string{"floor": "ingested_from", "until": "ingested_before"}

var (
	tableName     = regexp.MustCompile(`\b(?:raw|core|analytics)\.\w+`)
	parameterName = regexp.MustCompile(`@\w+`)
)

// functionBody turns a query into the body of a function: without comments, and with
// arguments for parameters.
func functionBody(sql string) string {
	var b strings.Builder
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(parameterName.ReplaceAllStringFunc(b.String(), func(name string) string {
		name = name[1:]
		if other, renamed := argumentNames[name]; renamed {
			return other
		}
		return name
	}))
}
