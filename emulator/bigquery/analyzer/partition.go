package analyzer

import (
	"regexp"
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// partition reads a PARTITION BY clause.
func (c *converter) partition(list []gsql.ResolvedExprNode) *resolved.Partition {
	if len(list) == 0 {
		return nil
	}
	if len(list) > 1 {
		bqerror.Throw(partitionForms)
	}
	p := c.partitionOf(list[0], types.Date)
	if strings.HasPrefix(strings.ToUpper(p.Column), "_PARTITION") {
		p.Column = ""
	}
	return p
}

// partitionForms is BigQuery's message for all other expressions.
var partitionForms = bqerror.Query("PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), " +
	"DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), " +
	"DATE_TRUNC(<date_column>, MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))")

// partitionOf reads an expression of a column of one of some types.
func (c *converter) partitionOf(e gsql.ResolvedExprNode, kinds ...types.Kind) *resolved.Partition {
	switch x := e.(type) {
	case *gsql.ResolvedColumnRef:
		if name := must(must(x.Column()).Name()); !slices.Contains(kinds, typeOf(must(x.Type())).Kind) && !strings.HasPrefix(strings.ToUpper(name), "_PARTITION") {
			bqerror.Throw(partitionForms)
		}
		return &resolved.Partition{Type: "DAY", Column: must(must(x.Column()).Name())}
	case *gsql.ResolvedFunctionCall:
		args := must(x.ArgumentList())
		switch functionName(must(x.Function())) {
		case "date", "$extract_date":
			return c.partitionOf(args[0], types.Timestamp, types.Datetime)
		case "timestamp_trunc", "date_trunc", "datetime_trunc":
			p := c.partitionOf(args[0], types.Timestamp, types.Date, types.Datetime)
			p.Type = strings.ToUpper(must(must(args[1].(*gsql.ResolvedLiteral).Value()).EnumDisplayName()))
			return p
		case "range_bucket":
			return c.rangePartition(args)
		}
	}
	bqerror.Throw(partitionForms)
	return nil
}

// rangePartition reads RANGE_BUCKET(column, GENERATE_ARRAY(start, end, step)).
func (c *converter) rangePartition(args []gsql.ResolvedExprNode) *resolved.Partition {
	p := c.partitionOf(args[0], types.Int64)
	p.Type = "RANGE"
	g, ok := args[1].(*gsql.ResolvedFunctionCall)
	if !ok {
		bqerror.Refuse("RANGE_BUCKET without GENERATE_ARRAY in PARTITION BY")
	}
	bounds := make([]int64, 0, 3)
	for _, a := range must(g.ArgumentList()) {
		n, ok := c.constant(a).(int64)
		if !ok {
			bqerror.Refuse("bounds of PARTITION BY that aren't integers")
		}
		bounds = append(bounds, n)
	}
	if len(bounds) == 2 {
		bounds = append(bounds, 1)
	}
	p.Start, p.End, p.Step = bounds[0], bounds[1], bounds[2]
	return p
}

// cluster reads a CLUSTER BY clause.
func cluster(list []gsql.ResolvedExprNode) []string {
	var names []string
	for _, e := range list {
		r, ok := e.(*gsql.ResolvedColumnRef)
		if !ok {
			bqerror.Refuse("CLUSTER BY an expression")
		}
		names = append(names, must(must(r.Column()).Name()))
	}
	return names
}

// ingestionPartition matches the expressions that partition a table by the
// time of ingestion.
var ingestionPartition = regexp.MustCompile(`(?i)^(?:_PARTITIONDATE|DATE\s*\(\s*_PARTITIONTIME\s*\)|` +
	`(?:TIMESTAMP_TRUNC\s*\(\s*_PARTITIONTIME|DATE_TRUNC\s*\(\s*_PARTITIONDATE)\s*,\s*(HOUR|DAY|MONTH|YEAR)\s*\))$`)

// ingestionClause finds a PARTITION BY clause of CREATE TABLE that names a
// pseudo column. The analyzer can't be told of those, so the clause is read
// from the syntax tree and blanked, which keeps the locations of errors.
func (e *engine) ingestionClause(sql string) (rest string, partition *resolved.Partition, err error) {
	defer bqerror.Catch(&err)
	if !strings.Contains(strings.ToUpper(sql), "_PARTITION") {
		return sql, nil, nil
	}
	options := must(gsql.NewParserOptions2(nil, nil, e.language))
	out, err := gsql.ParseStatement(sql, options)
	if err != nil {
		return sql, nil, nil // the analysis reports it
	}
	create, ok := must(out.Statement()).(*gsql.ASTCreateTableStatement)
	if !ok {
		return sql, nil, nil
	}
	by := must(create.PartitionBy())
	if by == nil {
		return sql, nil, nil
	}
	p := &splitter{sql: sql}
	m := ingestionPartition.FindStringSubmatch(strings.TrimSpace(p.text(must(by.PartitioningExpressions(0))).SQL))
	if m == nil {
		return sql, nil, nil
	}
	unit := "DAY"
	if m[1] != "" {
		unit = strings.ToUpper(m[1])
	}
	clause := p.text(by)
	return sql[:clause.Offset] + strings.Repeat(" ", len(clause.SQL)) + sql[clause.Offset+len(clause.SQL):], &resolved.Partition{Type: unit}, nil
}
