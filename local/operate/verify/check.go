package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/local/query"
)

// A check compares one table with the rows that follow from the tables it is
// derived from.
type check struct {
	table string // dataset.table
	key   string // columns that tell its rows apart
	value string // columns that are compared, besides the key
	from  string // what it follows from
	sql   string // file that selects the rows that it should have; if empty, named like the table
	rows  string // expressions that replace the values of the table; if empty, none
	where string // which rows of the table are compared; if empty, all
	// decimal is a column that is a fraction. It is compared to nine digits: sums of
	// fractions differ in their last bits.
	decimal string
}

const (
	record = "kafka_topic kafka_topic_id kafka_partition kafka_offset"
	part   = "kafka_topic kafka_topic_id kafka_partition"
	group  = "state age_group gender"
)

// checks are those of all derived tables. A table comes after those that it is
// derived from.
var checks = []check{
	{table: "raw.votes", key: record, value: "readings", from: "itself: copies of a record are equal", sql: "raw_votes", rows: "1 AS readings"},
	{table: "raw.voters", key: record, value: "readings", from: "itself: copies of a record are equal", sql: "raw_voters", rows: "1 AS readings"},
	{table: "core.voters", key: "voter_key", value: record + " kafka_log kafka_timestamp " + group + " county precinct", from: "raw.voters"},
	{table: "core.ballots", key: "voter_key", value: record + " kafka_log kafka_timestamp vote_id candidate candidate_image voted_at polling_station " + group,
		from: "raw.votes and core.voters"},
	{table: "core.duplicates", key: record, value: "kafka_timestamp voter_key event_time", from: "raw.votes and raw.voters"},
	{table: "core.progress", key: part, value: "next_offset first_offset records rejected", from: "raw.*"},
	{table: "core.electorate_windows", key: "window_start " + group, value: "registered", from: "core.voters"},
	{table: "core.vote_windows", key: "window_start candidate " + group, value: "votes candidate_image", from: "core.ballots"},
	{table: "core.vote_hours", key: "hour candidate " + group, value: "votes candidate_image", from: "core.vote_windows"},
	{table: "core.book_windows", key: "window_start " + part, value: "accepted pending duplicate ahead watermark", from: "core.ballots, core.voters and core.duplicates"},
	{table: "analytics.books", key: part, value: "records accepted duplicate rejected pending gaps first_offset next_offset last_offset ahead watermark",
		from: "core.progress, core.ballots, core.voters and core.duplicates"},
	{table: "analytics.rejections", key: part + " reason", value: "settled", from: "raw.rejects", where: "settled > 0"},
	{table: "analytics.hourly_trends", key: "hour state candidate", value: "votes", from: "core.vote_hours"},
	{table: "analytics.candidate_totals", key: "candidate", value: "votes share", from: "core.vote_hours", decimal: "share"},
	{table: "analytics.regional_turnout", key: "state", value: "registered voted turnout leader leader_votes margin",
		from: "core.electorate_windows and core.vote_hours", decimal: "turnout"},
	{table: "analytics.demographic_analysis", key: group, value: "registered voted participation",
		from: "core.electorate_windows and core.vote_hours", decimal: "participation"},
}

// notFollowing are the tables that no check compares, with the reason.
var notFollowing = map[string]string{
	"raw.rejects":              "it is where records that can't be counted stand; their offsets are compared with Kafka's",
	"raw.log_ends":             "it is what the bridge saw of Kafka at some moments; an audit asks Kafka itself",
	"analytics.certifications": "it is what persons said",
	"analytics.amendments":     "it is a history of the count, which depends on when records arrived; a rule holds for it",
	"analytics.shown_hours":    "it tells what readers have seen, which depends on when passes ran; a rule holds for it",
}

// shownRows is how many differing rows of one table a query returns at most.
const shownRows = 200

// statement is SQL for the rows that the table lacks (wanted) and the rows that it
// should not have (present), as JSON. Each row has the number of rows of its kind.
func (c check) statement(d dialect) string {
	name := c.sql
	if name == "" {
		_, name, _ = strings.Cut(c.table, ".")
	}
	columns := slices.DeleteFunc(words(c.key+" "+c.value), func(column string) bool { return slices.Contains(d.lacks, column) })
	var read []string
	for _, column := range columns {
		if column == c.decimal {
			column = d.fraction(column)
		}
		read = append(read, column)
	}
	if c.rows != "" {
		read = append(words(c.key), c.rows)
	}
	return d.Text("compare", map[string]any{
		"columns": strings.Join(columns, ", "), "wanted": d.Text(name, nil), "read": strings.Join(read, ", "),
		"table": c.source(), "limit": shownRows,
	})
}

// source is what the table's rows are read from.
func (c check) source() string {
	if c.where != "" {
		return "(SELECT * FROM " + c.table + " WHERE " + c.where + ") AS compared"
	}
	if c.sql == "" {
		return c.table
	}
	// A record that was delivered more than once has several rows.
	return "(SELECT DISTINCT " + strings.Join(words(c.key), ", ") + " FROM " + c.table + ") AS records"
}

// A difference is a row that is on one side only.
type difference struct {
	Kind  string `bigquery:"kind"` // wanted or present
	Line  string `bigquery:"line"` // JSON
	Total int64  `bigquery:"total"`
}

// run compares the table and returns the differences as findings.
func (c check) run(ctx context.Context, tables query.Warehouse) ([]Finding, error) {
	found, err := query.Select[difference](ctx, tables, c.statement(dialectOf(tables)), nil)
	if err != nil {
		return nil, fmt.Errorf("compare %s: %w", c.table, err)
	}
	return c.explain(found)
}

// explain makes one finding of the two sides of a changed row.
func (c check) explain(found []difference) ([]Finding, error) {
	type sides struct{ wanted, present map[string]any }
	byKey := map[string]*sides{}
	var order []string
	var total int64
	seen := map[string]bool{}
	for _, d := range found {
		var row map[string]any
		dec := json.NewDecoder(strings.NewReader(d.Line))
		dec.UseNumber()
		if err := dec.Decode(&row); err != nil {
			return nil, fmt.Errorf("row of %s: %w", c.table, err)
		}
		if !seen[d.Kind] {
			seen[d.Kind] = true
			total = max(total, d.Total)
		}
		key := describe(row, words(c.key))
		s := byKey[key]
		if s == nil {
			s = &sides{}
			byKey[key] = s
			order = append(order, key)
		}
		if d.Kind == "wanted" {
			s.wanted = row
		} else {
			s.present = row
		}
	}
	var findings []Finding
	for _, key := range order {
		s := byKey[key]
		f := Finding{Table: c.table, Rows: 1}
		switch {
		case s.present == nil:
			f.Text = fmt.Sprintf("%s is missing (%s), which follows from %s", key, describe(s.wanted, words(c.value)), c.from)
		case s.wanted == nil:
			f.Text = fmt.Sprintf("%s stands there (%s), and doesn't follow from %s", key, describe(s.present, words(c.value)), c.from)
		default:
			f.Text = fmt.Sprintf("%s: %s, by %s", key, changes(s.present, s.wanted, append(words(c.value), "copies")), c.from)
		}
		findings = append(findings, f)
	}
	if more := total - int64(len(findings)); more > 0 && len(found) == shownRows {
		findings = append(findings, Finding{Table: c.table, Rows: more, Text: fmt.Sprintf("about %d more rows differ", more)})
	}
	return findings, nil
}

// describe names columns of a row with their values.
func describe(row map[string]any, columns []string) string {
	var parts []string
	for _, c := range columns {
		if value, known := row[c]; known {
			parts = append(parts, fmt.Sprintf("%s %s", c, text(value)))
		}
	}
	return strings.Join(parts, ", ")
}

// changes names the columns that differ.
func changes(present, wanted map[string]any, columns []string) string {
	var parts []string
	for _, c := range columns {
		if h, w := text(present[c]), text(wanted[c]); h != w {
			parts = append(parts, fmt.Sprintf("%s is %s, want %s", c, h, w))
		}
	}
	return strings.Join(parts, ", ")
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// Tables are the tables that are compared, each after those it is derived from.
func Tables() []string {
	var names []string
	for _, c := range checks {
		names = append(names, c.table)
	}
	return slices.Clone(names)
}

func words(columns string) []string { return strings.Fields(columns) }
