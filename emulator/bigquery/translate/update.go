package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) update(s *resolved.Update) {
	refuseExtras(s.Extras)
	scan := s.Target
	target := t.target("UPDATE", scan)
	items := s.Items
	from := s.From
	if from == nil {
		t.targetColumns(scan, "_t")
		where := t.filter(s.Where)
		var sets []string
		for _, a := range t.assignments(items) {
			sets = append(sets, a.name+" = "+a.value)
		}
		t.step(Updated, fmt.Sprintf("UPDATE %s AS _t SET %s WHERE %s", target.From, strings.Join(sets, ", "), where))
		return
	}
	source := t.scanSQL(from)
	table := t.targetScan(scan)
	where := t.filter(s.Where)
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

// assignment is a column and its new value.
type assignment struct{ name, value string }

// assignments translates SET items; those of fields of one STRUCT join.
func (t *translator) assignments(items []resolved.UpdateItem) []assignment {
	var list []assignment
	var columns []*resolved.Column
	byColumn := map[int32]int{}
	for _, item := range items {
		if item.Elements {
			bqerror.Refuse("UPDATE of elements of an array")
		}
		value := t.expr(item.Value)
		column, path := t.assigned(item.Target)
		typ := column.Type
		id := column.ID
		i, seen := byColumn[id]
		if !seen {
			i = len(list)
			byColumn[id] = i
			list = append(list, assignment{name: types.Quote(column.Name), value: t.column(column)})
			columns = append(columns, column)
		}
		if len(path) == 0 {
			list[i].value = value
			continue
		}
		if value == "DEFAULT" { // that of a field
			value = ducksql.Cast("NULL", item.Target.Type())
		}
		list[i].value = replaceField(list[i].value, typ, path, value)
	}
	for i := range list {
		list[i].value = t.stored(list[i].value, columns[i])
	}
	return list
}

// assigned finds the column and the path of fields of a SET target.
func (t *translator) assigned(e resolved.Expr) (*resolved.Column, []int) {
	switch x := e.(type) {
	case *resolved.ColumnRef:
		return x.Column, nil
	case *resolved.GetField:
		column, path := t.assigned(x.Expr)
		return column, append(path, x.Index)
	}
	bqerror.Refuse("this target of SET")
	return nil, nil
}

// replaceField is a STRUCT with one field, at some depth, replaced. A STRUCT that is NULL has none.
func replaceField(x string, typ *types.Type, path []int, value string) string {
	if len(path) == 0 {
		return value
	}
	fields := make([]string, len(typ.Fields))
	for i, f := range typ.Fields {
		part := ducksql.Field(x, typ, i)
		if i == path[0] {
			part = replaceField(part, f.Type, path[1:], value)
		}
		fields[i] = types.Quote(typ.Key(i)) + " := " + part
	}
	null := ducksql.Error(ducksql.String("Cannot set field of NULL "+typ.String()), typ)
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE struct_pack(%s) END", x, null, strings.Join(fields, ", "))
}
