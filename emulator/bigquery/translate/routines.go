package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// tableCall translates a call of a table function: its query, with the arguments in
// the place of their names, so that DuckDB plans it as if it stood there.
func (t *translator) tableCall(s *resolved.TableCall) *relation {
	r := s.Routine
	if slices.ContainsFunc(s.Args, resolved.Correlated) {
		bqerror.Throw(bqerror.Query("Correlated subqueries that reference other tables are not supported unless they can be de-correlated, such as by transforming them into an efficient JOIN."))
	}
	defer t.deeper(r)()
	arguments, with := t.tableArguments(s)
	sub, definition := t.body(r)
	if definition.Query == nil {
		bqerror.Refuse("table function %s, whose body is no query,", r.Name)
	}
	sub.arguments = arguments
	sql, columns := sub.query(definition.Query)
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

// deeper counts a routine in the depth of routines and views, until what it returns is
// called.
func (t *translator) deeper(r *resolved.Routine) func() {
	if t.shared.depth++; t.shared.depth > maxDepth {
		bqerror.Throw(bqerror.Query("Too many nested routines: %s", r.Name))
	}
	return func() { t.shared.depth-- }
}

// body analyzes the statement that creates a routine.
func (t *translator) body(r *resolved.Routine) (*translator, *resolved.DDL) {
	sub, statement := t.nested(&resolved.Request{SQL: r.Create, Names: t.req.Names.In(r.Project), Definition: true}, r.Project, r.Target, "f")
	definition, ok := statement.(*resolved.DDL)
	if !ok {
		bqerror.Refuse("the body of routine %s", r.Name)
	}
	return sub, definition
}

// tableArguments are the arguments of a call by their names in lower case. One that
// must be evaluated once, such as RAND() or a subquery, is a column of the clause with.
func (t *translator) tableArguments(s *resolved.TableCall) (arguments map[string]string, with string) {
	arguments = map[string]string{}
	table := types.Quote(t.Fresh("^a"))
	var columns []string
	for i, arg := range s.Routine.Arguments {
		before := t.shared.volatile + t.shared.subqueries
		text := t.expr(s.Args[i]) // the analyzer has cast it to the type of the argument
		if t.shared.volatile+t.shared.subqueries > before {
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

// routineCall translates a call of a scalar function of a dataset: its expression, with
// the arguments in the place of their names.
func (t *translator) routineCall(e *resolved.Call) string {
	r := e.Routine
	defer t.deeper(r)()
	arguments, list := map[string]string{}, make([]string, len(r.Arguments))
	for i, arg := range r.Arguments {
		before := t.shared.volatile
		list[i] = t.expr(e.Args[i])
		arguments[strings.ToLower(arg.Name)] = list[i]
		if t.shared.volatile > before { // which the body may name twice
			bqerror.Refuse("an argument of routine %s that differs from call to call, such as RAND(),", r.Name)
		}
	}
	sub, definition := t.body(r)
	if f := definition.Routine; f != nil && f.JavaScript {
		sub.finish()
		if r.Unread != nil {
			bqerror.Throw(r.Unread)
		}
		return t.javascript(strings.Replace(r.Name, ":", ".", 1), r.Arguments, r.Result, f.Body, r.Library, list)
	}
	if definition.Routine == nil || definition.Routine.Expr == nil {
		bqerror.Refuse("routine %s, whose body is no expression,", r.Name)
	}
	sub.arguments = arguments
	out := sub.expr(definition.Routine.Expr)
	sub.finish()
	return ducksql.Cast(out, r.Result)
}
