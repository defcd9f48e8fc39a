package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) query(scan gsql.ResolvedScanNode, output []*gsql.ResolvedOutputColumn, valueTable bool) *resolved.Query {
	q := &resolved.Query{Scan: c.scan(scan), ValueTable: valueTable}
	for _, o := range output {
		q.Columns = append(q.Columns, resolved.OutputColumn{Name: must(o.Name()), Column: c.column(must(o.Column()))})
	}
	return q
}
