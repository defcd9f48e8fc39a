package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// setOperators are DuckDB's words for set operations.
var setOperators = map[resolved.SetOperator]string{
	resolved.UnionAll:          "UNION ALL",
	resolved.UnionDistinct:     "UNION",
	resolved.IntersectAll:      "INTERSECT ALL",
	resolved.IntersectDistinct: "INTERSECT",
	resolved.ExceptAll:         "EXCEPT ALL",
	resolved.ExceptDistinct:    "EXCEPT",
}

func (t *translator) setOperation(s *resolved.SetOperation) *relation {
	columns := s.Columns()
	if s.Operator == resolved.UnionAll && !slices.ContainsFunc(s.Inputs, func(i resolved.SetItem) bool { return constants(i) == nil }) {
		return t.values(s)
	}
	var parts []string
	for _, item := range s.Inputs {
		parts = append(parts, t.setItem(item, columns))
	}
	operator := setOperators[s.Operator]
	sql := parts[0]
	for _, p := range parts[1:] { // set operations of one kind associate to the left
		sql = fmt.Sprintf("(%s) %s (%s)", sql, operator, p)
	}
	if s.Operator != resolved.UnionAll && slices.ContainsFunc(columns, isKeyed) {
		sql = t.keyedSet(s.Operator, parts, columns)
	}
	items := make([]item, len(columns))
	for i, c := range columns {
		items[i] = t.newItem(c, t.number(c.ID))
	}
	return t.from("("+sql+")", items)
}

// setItem is an input of a set operation with the columns of its result.
func (t *translator) setItem(item resolved.SetItem, columns []*resolved.Column) string {
	r := t.renamed(t.scan(item.Scan), item.Output, func(i int) string {
		return t.number(columns[i].ID)
	})
	return t.sql(r)
}

// constants are the expressions of a SELECT without FROM that names no column, in the order of the result; nil for any other query,
// and for one that uses an expression twice: RAND() would differ.
func constants(item resolved.SetItem) []resolved.Expr {
	row, used, out := constantRow(item.Scan), map[int32]bool{}, make([]resolved.Expr, len(item.Output))
	for i, c := range item.Output {
		cell := row[c.ID]
		if cell.expr == nil || used[cell.of] || resolved.Correlated(cell.expr) {
			return nil
		}
		used[cell.of], out[i] = true, cell.expr
	}
	return out
}

// cell is an expression, and the column of the innermost SELECT that it was.
type cell struct {
	expr resolved.Expr
	of   int32
}

// constantRow are the columns of a SELECT without FROM, of which another may take some and cast them; nil for any other scan.
func constantRow(scan resolved.Scan) map[int32]cell {
	project, ok := scan.(*resolved.Project)
	if !ok {
		return nil
	}
	row := map[int32]cell{}
	if _, single := project.Input.(*resolved.SingleRow); !single {
		if row = constantRow(project.Input); row == nil {
			return nil
		}
	}
	for _, c := range project.Exprs {
		out := cell{c.Expr, c.Column.ID}
		if cast, ok := c.Expr.(*resolved.Cast); ok && cast.Format == nil {
			if ref, ok := cast.Expr.(*resolved.ColumnRef); ok && row[ref.Column.ID].expr != nil {
				own := *cast
				own.Expr = row[ref.Column.ID].expr
				out = cell{&own, row[ref.Column.ID].of}
			}
		}
		row[c.Column.ID] = out
	}
	return row
}

// values is UNION ALL of rows that are written out: DuckDB reads VALUES in their order, as BigQuery has them in practice, and the
// inputs of a UNION ALL in any.
func (t *translator) values(s *resolved.SetOperation) *relation {
	columns, alias := s.Columns(), t.alias()
	rows := make([]string, len(s.Inputs))
	for i, input := range s.Inputs {
		cells := make([]string, len(columns))
		for j, e := range constants(input) {
			cells[j] = t.expr(e)
			if i == 0 {
				cells[j] = ducksql.Cast(cells[j], columns[j].Type)
			}
		}
		rows[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	names, items := make([]string, len(columns)), make([]item, len(columns))
	for i, c := range columns {
		names[i] = t.number(c.ID)
		items[i] = t.newItem(c, names[i])
	}
	return t.from(fmt.Sprintf("(VALUES %s) AS %s(%s)", strings.Join(rows, ", "), alias, strings.Join(names, ", ")), items)
}

func isKeyed(c *resolved.Column) bool { return operators.Keyed(c.Type) }

// keyedSet is a set operation of rows that are the same if their keys are: the rows of all
// inputs, grouped, of which those remain that the right inputs have.
func (t *translator) keyedSet(operator resolved.SetOperator, parts []string, columns []*resolved.Column) string {
	alias, side := t.alias(), t.Fresh("n")
	having := ""
	switch operator {
	case resolved.UnionDistinct:
	case resolved.IntersectDistinct:
		having = fmt.Sprintf(" HAVING count(DISTINCT %s.%s) = %d", alias, side, len(parts))
	case resolved.ExceptDistinct:
		having = fmt.Sprintf(" HAVING max(%s.%s) = 0", alias, side)
	default:
		bqerror.Refuse("%s of rows with an INTERVAL", setOperators[operator])
	}
	inputs := make([]string, len(parts))
	for i, p := range parts {
		inputs[i] = fmt.Sprintf("SELECT *, %d AS %s FROM (%s)", i, side, p)
	}
	list, keys := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		name := t.number(c.ID)
		list[i] = fmt.Sprintf("any_value(%s.%s) AS %s", alias, name, name)
		keys[i] = operators.Key(alias+"."+name, c.Type)
	}
	return fmt.Sprintf("SELECT %s FROM (%s) AS %s GROUP BY %s%s", strings.Join(list, ", "), strings.Join(inputs, " UNION ALL "), alias,
		strings.Join(keys, ", "), having)
}
