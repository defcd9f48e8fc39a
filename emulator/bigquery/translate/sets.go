package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
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
