package translate

import (
	"regexp"
	"strings"

	gsql "github.com/goccy/go-googlesql"
)

// ingestionPartition matches the expressions that partition a table by the
// time of ingestion.
var ingestionPartition = regexp.MustCompile(`(?i)^(?:_PARTITIONDATE|DATE\s*\(\s*_PARTITIONTIME\s*\)|` +
	`(?:TIMESTAMP_TRUNC\s*\(\s*_PARTITIONTIME|DATE_TRUNC\s*\(\s*_PARTITIONDATE)\s*,\s*(HOUR|DAY|MONTH|YEAR)\s*\))$`)

// ingestionClause finds a PARTITION BY clause of CREATE TABLE that names a
// pseudo column. The analyzer can't be told of those, so the clause is read
// from the syntax tree and blanked, which keeps the locations of errors.
func (a *analyzer) ingestionClause(sql string) (string, *Partition) {
	if !strings.Contains(strings.ToUpper(sql), "_PARTITION") {
		return sql, nil
	}
	options := must(gsql.NewParserOptions2(nil, nil, a.language))
	out, err := gsql.ParseStatement(sql, options)
	if err != nil {
		return sql, nil // the analysis reports it
	}
	create, ok := must(out.Statement()).(*gsql.ASTCreateTableStatement)
	if !ok {
		return sql, nil
	}
	by := must(create.PartitionBy())
	if by == nil {
		return sql, nil
	}
	p := &splitter{sql: sql}
	m := ingestionPartition.FindStringSubmatch(strings.TrimSpace(p.text(must(by.PartitioningExpressions(0))).SQL))
	if m == nil {
		return sql, nil
	}
	unit := "DAY"
	if m[1] != "" {
		unit = strings.ToUpper(m[1])
	}
	clause := p.text(by)
	return sql[:clause.Offset] + strings.Repeat(" ", len(clause.SQL)) + sql[clause.Offset+len(clause.SQL):], &Partition{Type: unit}
}
