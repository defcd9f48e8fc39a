package verify

import (
	"context"
	"fmt"

	"github.com/tallystream/tallystream/local/query"
)

// A rule is a condition on a table that a check can't derive, or not entirely, from other
// tables. Its query, a file of sql, returns the rows that break it.
type rule struct {
	table string // dataset.table, or what is common to several
	sql   string
}

var rules = []rule{
	{"analytics.*", "days"},
	{"analytics.amendments", "amendments"},
	{"analytics.shown_hours", "shown_hours"},
	{"analytics.rejections", "reasons"},
}

// run returns the rows that break the rule, as findings.
func (r rule) run(ctx context.Context, tables query.Warehouse) ([]Finding, error) {
	rows, err := read[struct {
		Count int64  `bigquery:"count"`
		Text  string `bigquery:"text"`
	}](ctx, tables, r.sql, nil)
	if err != nil {
		return nil, fmt.Errorf("check the %s of %s: %w", r.sql, r.table, err)
	}
	var findings []Finding
	for _, row := range rows {
		findings = append(findings, Finding{Table: r.table, Rows: row.Count, Text: row.Text})
	}
	return findings, nil
}
