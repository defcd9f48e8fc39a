package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) insert(s *resolved.Insert) {
	if s.Conflict {
		bqerror.Refuse("INSERT with a conflict clause")
	}
	refuseExtras(s.Extras)
	target := t.target("INSERT", s.Target)
	columns := s.Columns
	var body string
	in := &insertion{}
	for _, c := range columns {
		in.names = append(in.names, types.Quote(c.Name))
	}
	if q := s.Query; q != nil {
		from := t.scanSQL(q)
		for i, c := range s.QueryOutput {
			in.values = append(in.values, t.stored(t.column(c), columns[i]))
		}
		t.ingestion(target, in)
		body = fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(in.values, ", "), from)
	} else {
		body = t.insertRows(s.Rows, columns, target, in)
	}
	t.step(Inserted, fmt.Sprintf("INSERT INTO %s (%s) %s", target.From, strings.Join(in.names, ", "), body))
}

// insertRows is the VALUES list of an INSERT.
func (t *translator) insertRows(rows [][]resolved.Expr, columns []*resolved.Column, target *resolved.Source, in *insertion) string {
	lists := make([]string, len(rows))
	named := in.names
	for i, r := range rows {
		row := &insertion{names: append([]string(nil), named...)}
		for j, v := range r {
			row.values = append(row.values, t.stored(t.expr(v), columns[j]))
		}
		t.ingestion(target, row)
		in.names = row.names
		lists[i] = "(" + strings.Join(row.values, ", ") + ")"
	}
	return "VALUES " + strings.Join(lists, ", ")
}

// insertion is the list of columns of an INSERT and their values.
type insertion struct {
	names  []string
	values []string
}

// ingestion adds the hidden column of a table partitioned by ingestion time.
func (t *translator) ingestion(s *resolved.Source, in *insertion) {
	if s.Ingestion == "" {
		return
	}
	for _, n := range in.names {
		if n == types.Quote(s.Partition) {
			return
		}
	}
	in.names = append(in.names, types.Quote(s.Partition))
	in.values = append(in.values, fmt.Sprintf("date_trunc('%s', %s)", strings.ToLower(s.Ingestion), t.Now()))
}
