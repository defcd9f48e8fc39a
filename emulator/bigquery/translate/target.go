package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// dmlTable holds the rows that an UPDATE … FROM or a MERGE is about to change.
const dmlTable = "temp._dml"

// tooManyMatches is BigQuery's message.
const tooManyMatches = "UPDATE/MERGE must match at most one source row for each target row"

// source is the table that a scan reads.
func (t *translator) source(scan *resolved.Table) *resolved.Source {
	if s := t.replaced[scan.Source]; s != nil {
		return s
	}
	return scan.Source
}

// target notes the table that a statement changes.
func (t *translator) target(kind string, scan *resolved.Table) *resolved.Source {
	s := t.source(scan)
	if !s.Writable && s.Type != "" {
		bqerror.Throw(bqerror.Query("%s is not allowed for this operation because it is currently a %s.", s.Name, s.Type))
	}
	if !s.Writable {
		bqerror.Throw(bqerror.Query("%s is not a table that can be modified", s.Name))
	}
	if s.Restricted != nil && s.Restricted.Rows && kind != "INSERT" {
		bqerror.Throw(bqerror.Denied("Table", s.Name, fmt.Errorf("%s needs a row access policy with the filter TRUE, which isn't granted to the caller", kind)))
	}
	t.plan.Kind, t.plan.Target = kind, s
	return s
}

// targetColumns names the columns of a target as alias.column.
func (t *translator) targetColumns(scan *resolved.Table, alias string) {
	s := t.source(scan)
	indexes := scan.Indexes
	columns := scan.Columns()
	for i, c := range columns {
		t.named[c.ID] = s.Column(indexes[i], alias)
	}
	t.plan.Reads = append(t.plan.Reads, Read{Source: s})
	t.requireFilter(s, columns, indexes)
}

// targetScan reads the target with its row ids.
func (t *translator) targetScan(scan *resolved.Table) string {
	s := t.source(scan)
	indexes := scan.Indexes
	columns := scan.Columns()
	list := []string{"rowid AS _rid"}
	for i, c := range columns {
		list = append(list, fmt.Sprintf("%s AS %s", s.Column(indexes[i], ""), t.column(c)))
	}
	t.plan.Reads = append(t.plan.Reads, Read{Source: s})
	t.requireFilter(s, columns, indexes)
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(list, ", "), s.From)
}

// guard refuses several changes of one row.
func (t *translator) guard(where string) {
	t.step(Guard, fmt.Sprintf("SELECT %s FROM %s WHERE %s GROUP BY _rid HAVING count(*) > 1 LIMIT 1", ducksql.String(tooManyMatches), dmlTable, where))
}

// stored is a value as a column of the target stores it.
func (t *translator) stored(value string, column *resolved.Column) string {
	if value == "DEFAULT" {
		return value
	}
	f := types.Field{Name: column.Name, Type: column.Type}
	for _, c := range t.plan.Target.Columns {
		if strings.EqualFold(c.Name, column.Name) {
			f = c
		}
	}
	return cast.Stored(t, value, &f)
}

func refuseExtras(e resolved.Extras) {
	if e.AssertRows {
		bqerror.Refuse("ASSERT_ROWS_MODIFIED")
	}
	if e.Returning {
		bqerror.Refuse("THEN RETURN")
	}
}
