package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// dmlTable holds the rows that an UPDATE … FROM or a MERGE is about to change.
const dmlTable = "temp._dml"

// tooManyMatches is BigQuery's message.
const tooManyMatches = "UPDATE/MERGE must match at most one source row for each target row"

// target notes the table that a statement changes.
func (t *translator) target(kind string, scan *gsql.ResolvedTableScan) *Source {
	s := t.source(must(scan.Table()))
	if !s.Writable {
		fail(bqerror.Query("%s is not a table that can be modified", s.Name))
	}
	t.plan.Kind, t.plan.Target = kind, s
	return s
}

// targetColumns names the columns of a target as alias.column.
func (t *translator) targetColumns(scan *gsql.ResolvedTableScan, alias string) {
	s := t.source(must(scan.Table()))
	indexes := must(scan.ColumnIndexList())
	columns := must(scan.ColumnList())
	for i, c := range columns {
		t.named[must(c.ColumnId())] = s.column(indexes[i], alias)
	}
	t.plan.Reads = append(t.plan.Reads, Read{Source: s})
	t.requireFilter(s, columns, indexes)
}

// insertion is the list of columns of an INSERT and their values.
type insertion struct {
	names  []string
	values []string
}

// stored is a value as a column stores it: a REPEATED column has no NULL.
func stored(value string, typ *types.Type) string {
	if typ.Kind == types.Array && value != "DEFAULT" {
		return "coalesce(" + value + ", [])"
	}
	return value
}

// ingestion adds the hidden column of a table partitioned by ingestion time.
func (t *translator) ingestion(s *Source, in *insertion) {
	if s.Ingestion == "" {
		return
	}
	for _, n := range in.names {
		if n == types.Quote(s.Partition) {
			return
		}
	}
	in.names = append(in.names, types.Quote(s.Partition))
	in.values = append(in.values, fmt.Sprintf("date_trunc('%s', %s)", strings.ToLower(s.Ingestion), t.now()))
}

// now is the time at which the statement began.
func (t *translator) now() string {
	if t.shared.clock != "" {
		return t.shared.clock
	}
	return t.parameter(Parameter{Kind: Clock, Type: types.Of(types.Timestamp)})
}

func (t *translator) insert(s *gsql.ResolvedInsertStmt) {
	if must(s.InsertMode()) != gsql.ResolvedInsertStmtEnums_InsertModeOrError || must(s.OnConflictClause()) != nil {
		unsupported("INSERT with a conflict clause")
	}
	refuseExtras(must(s.AssertRowsModified()) != nil, must(s.Returning()) != nil)
	target := t.target("INSERT", must(s.TableScan()))
	columns := must(s.InsertColumnList())
	var body string
	in := &insertion{}
	for _, c := range columns {
		in.names = append(in.names, types.Quote(must(c.Name())))
	}
	if q := must(s.Query()); q != nil {
		from := t.scanSQL(q)
		for i, c := range must(s.QueryOutputColumnList()) {
			in.values = append(in.values, stored(t.column(c), typeOf(must(columns[i].Type()))))
		}
		t.ingestion(target, in)
		body = fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(in.values, ", "), from)
	} else {
		body = t.insertRows(must(s.RowList()), columns, target, in)
	}
	t.step(Inserted, fmt.Sprintf("INSERT INTO %s (%s) %s", target.From, strings.Join(in.names, ", "), body))
}

func refuseExtras(assert, returning bool) {
	if assert {
		unsupported("ASSERT_ROWS_MODIFIED")
	}
	if returning {
		unsupported("THEN RETURN")
	}
}

// insertRows is the VALUES list of an INSERT.
func (t *translator) insertRows(rows []*gsql.ResolvedInsertRow, columns []*gsql.ResolvedColumn, target *Source, in *insertion) string {
	lists := make([]string, len(rows))
	named := in.names
	for i, r := range rows {
		row := &insertion{names: append([]string(nil), named...)}
		for j, v := range must(r.ValueList()) {
			row.values = append(row.values, stored(t.expr(must(v.Value())), typeOf(must(columns[j].Type()))))
		}
		t.ingestion(target, row)
		in.names = row.names
		lists[i] = "(" + strings.Join(row.values, ", ") + ")"
	}
	return "VALUES " + strings.Join(lists, ", ")
}

func (t *translator) delete(s *gsql.ResolvedDeleteStmt) {
	refuseExtras(must(s.AssertRowsModified()) != nil, must(s.Returning()) != nil)
	scan := must(s.TableScan())
	target := t.target("DELETE", scan)
	t.targetColumns(scan, "_t")
	t.step(Deleted, fmt.Sprintf("DELETE FROM %s AS _t WHERE %s", target.From, t.filter(must(s.WhereExpr()))))
}

func (t *translator) truncate(s *gsql.ResolvedTruncateStmt) {
	target := t.target("TRUNCATE_TABLE", must(s.TableScan()))
	if w := must(s.WhereExpr()); w != nil {
		unsupported("TRUNCATE with a condition")
	}
	t.step(Deleted, "DELETE FROM "+target.From)
}

func (t *translator) update(s *gsql.ResolvedUpdateStmt) {
	refuseExtras(must(s.AssertRowsModified()) != nil, must(s.Returning()) != nil)
	scan := must(s.TableScan())
	target := t.target("UPDATE", scan)
	items := must(s.UpdateItemList())
	from := must(s.FromScan())
	if from == nil {
		t.targetColumns(scan, "_t")
		where := t.filter(must(s.WhereExpr()))
		var sets []string
		for _, a := range t.assignments(items) {
			sets = append(sets, a.name+" = "+a.value)
		}
		t.step(Updated, fmt.Sprintf("UPDATE %s AS _t SET %s WHERE %s", target.From, strings.Join(sets, ", "), where))
		return
	}
	source := t.scanSQL(from)
	table := t.targetScan(scan)
	where := t.filter(must(s.WhereExpr()))
	list := []string{"_rid"}
	var sets []string
	for i, a := range t.assignments(items) {
		list = append(list, fmt.Sprintf("%s AS v%d", a.value, i))
		sets = append(sets, fmt.Sprintf("%s = _m.v%d", a.name, i))
	}
	t.step(Exec, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT %s FROM (%s) CROSS JOIN (%s) WHERE %s",
		dmlTable, strings.Join(list, ", "), source, table, where))
	t.guard("TRUE")
	t.step(Updated, fmt.Sprintf("UPDATE %s AS _t SET %s FROM %s AS _m WHERE _t.rowid = _m._rid", target.From, strings.Join(sets, ", "), dmlTable))
	t.step(Exec, "DROP TABLE "+dmlTable)
}

// targetScan reads the target with its row ids.
func (t *translator) targetScan(scan *gsql.ResolvedTableScan) string {
	s := t.source(must(scan.Table()))
	indexes := must(scan.ColumnIndexList())
	columns := must(scan.ColumnList())
	list := []string{"rowid AS _rid"}
	for i, c := range columns {
		list = append(list, fmt.Sprintf("%s AS %s", s.column(indexes[i], ""), t.column(c)))
	}
	t.plan.Reads = append(t.plan.Reads, Read{Source: s})
	t.requireFilter(s, columns, indexes)
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(list, ", "), s.From)
}

// guard refuses several changes of one row.
func (t *translator) guard(where string) {
	t.step(Guard, fmt.Sprintf("SELECT %s FROM %s WHERE %s GROUP BY _rid HAVING count(*) > 1 LIMIT 1", quoteString(tooManyMatches), dmlTable, where))
}

// assignment is a column and its new value.
type assignment struct{ name, value string }

// assignments translates SET items; those of fields of one STRUCT join.
func (t *translator) assignments(items []*gsql.ResolvedUpdateItem) []assignment {
	var list []assignment
	byColumn := map[int32]int{}
	for _, item := range items {
		if len(must(item.DeleteList()))+len(must(item.InsertList()))+len(must(item.UpdateList()))+len(must(item.UpdateItemElementList())) > 0 {
			unsupported("UPDATE of elements of an array")
		}
		value := t.expr(must(must(item.SetValue()).Value()))
		column, path := t.assigned(must(item.Target()))
		typ := typeOf(must(column.Type()))
		id := must(column.ColumnId())
		i, seen := byColumn[id]
		if !seen {
			i = len(list)
			byColumn[id] = i
			list = append(list, assignment{name: types.Quote(must(column.Name())), value: t.column(column)})
		}
		if len(path) == 0 {
			list[i].value = stored(value, typ)
			continue
		}
		list[i].value = replaceField(list[i].value, typ, path, value)
	}
	return list
}

// assigned finds the column and the path of fields of a SET target.
func (t *translator) assigned(e gsql.ResolvedExprNode) (*gsql.ResolvedColumn, []int32) {
	switch x := e.(type) {
	case *gsql.ResolvedColumnRef:
		return must(x.Column()), nil
	case *gsql.ResolvedGetStructField:
		column, path := t.assigned(must(x.Expr()))
		return column, append(path, must(x.FieldIdx()))
	}
	unsupported("this target of SET")
	return nil, nil
}

// replaceField is a STRUCT with one field, at some depth, replaced.
func replaceField(x string, typ *types.Type, path []int32, value string) string {
	if len(path) == 0 {
		return value
	}
	fields := make([]string, len(typ.Fields))
	for i, f := range typ.Fields {
		part := field(x, typ, i)
		if int32(i) == path[0] {
			part = replaceField(part, f.Type, path[1:], value)
		}
		fields[i] = types.Quote(typ.Key(i)) + " := " + part
	}
	return "struct_pack(" + strings.Join(fields, ", ") + ")"
}
