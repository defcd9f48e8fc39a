package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// tableCall translates a call of a table function: its query, with the arguments in
// the place of their names, so that DuckDB plans it as if it stood there.
func (t *translator) tableCall(s *resolved.TableCall) *relation {
	r := s.Routine
	if t.shared.depth++; t.shared.depth > maxDepth {
		bqerror.Throw(bqerror.Query("Too many nested table functions: %s", r.Name))
	}
	defer func() { t.shared.depth-- }()
	if slices.ContainsFunc(s.Args, resolved.Correlated) {
		bqerror.Throw(bqerror.Query("Correlated subqueries that reference other tables are not supported unless they can be de-correlated, such as by transforming them into an efficient JOIN."))
	}
	arguments, with := t.tableArguments(s)
	sub, q := t.nested(&resolved.Request{SQL: r.Create, Names: t.req.Names.In(r.Project)}, r.Project, "f")
	if q == nil {
		bqerror.Refuse("table function %s, whose body is no query,", r.Name)
	}
	sub.arguments = arguments
	sql, columns := sub.query(q)
	sub.finish()
	if len(columns) < len(r.Columns) {
		bqerror.Throw(bqerror.Query("Table function %s has %d columns, its signature has %d", r.Name, len(columns), len(r.Columns)))
	}
	alias := t.alias()
	items := make([]item, len(s.Columns()))
	for i, c := range s.Columns() {
		items[i] = t.newItem(c, fmt.Sprintf("%s.o%d", alias, s.Indexes[i]))
	}
	return t.from("("+with+sql+") AS "+alias, items)
}

// tableArguments are the arguments of a call by their names in lower case. One that
// must be evaluated once, such as RAND(), is a column of the clause with.
func (t *translator) tableArguments(s *resolved.TableCall) (arguments map[string]string, with string) {
	arguments = map[string]string{}
	table := types.Quote(t.Fresh("^a"))
	var columns []string
	for i, arg := range s.Routine.Arguments {
		before := t.shared.once
		text := t.expr(s.Args[i]) // the analyzer has cast it to the type of the argument
		if t.shared.once > before {
			column := fmt.Sprintf("a%d", i)
			columns = append(columns, text+" AS "+column)
			text = fmt.Sprintf("(SELECT %s FROM %s)", column, table)
		}
		arguments[strings.ToLower(arg.Name)] = text
	}
	if len(columns) > 0 {
		with = fmt.Sprintf("WITH %s AS MATERIALIZED (SELECT %s) ", table, strings.Join(columns, ", "))
	}
	return arguments, with
}
