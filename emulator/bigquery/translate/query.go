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

// query translates a query to a SELECT whose columns are o0, o1, …. Column names
// follow BigQuery: an unnamed column is f0_, f1_, …
func (t *translator) query(q *resolved.Query) (string, []types.Field) {
	if q.ValueTable {
		c := q.Columns[0].Column
		if c.Type.Kind == types.Struct {
			return explode(t.scanSQL(q.Scan), t.column(c), c.Type)
		}
	}
	var columns []types.Field
	numbers := make([]*resolved.Column, len(q.Columns))
	unnamed := 0
	used := map[string]int{}
	for i, o := range q.Columns {
		name := o.Name
		if name == "" || strings.HasPrefix(name, "$") {
			name = fmt.Sprintf("f%d_", unnamed)
			unnamed++
		}
		key := strings.ToLower(name)
		if n := used[key]; n > 0 { // a name used before gets a number
			name = fmt.Sprintf("%s_%d", name, n)
		}
		used[key]++
		numbers[i] = o.Column
		columns = append(columns, types.Field{Name: name, Type: o.Column.Type})
	}
	r := t.renamed(t.scan(q.Scan), numbers, func(i int) string { return fmt.Sprintf("o%d", i) })
	return t.sql(r), columns
}

// explode makes the fields of a query's only column its columns.
func explode(in, column string, typ *types.Type) (string, []types.Field) {
	var names []string
	var columns []types.Field
	for i, f := range typ.Fields {
		name := f.Name
		if name == "" {
			name = fmt.Sprintf("f%d_", i)
		}
		names = append(names, fmt.Sprintf("%s AS o%d", ducksql.Field(column, typ, i), i))
		columns = append(columns, types.Field{Name: name, Type: f.Type})
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(names, ", "), in), columns
}

// restricted translates the query for what of a source may be read, which stands in DuckDB
// as from. The source itself is noted by the statement that names it.
func (t *translator) restricted(s *resolved.Source, from string) string {
	sub, statement := t.nested(&resolved.Request{SQL: s.Restricted.Query, Names: s.Restricted.Names}, t.project, t.by, "r")
	q, ok := statement.(*resolved.Query)
	if !ok {
		bqerror.Refuse("the row access policies or masks of %s", s.Name)
	}
	sub.instead, sub.insteadOf = from, s.Target
	before := len(t.plan.Reads)
	sql, columns := sub.query(q)
	inner := slices.DeleteFunc(slices.Clone(t.plan.Reads[before:]), func(r Read) bool { return r.Source.Target == s.Target })
	t.plan.Reads = append(t.plan.Reads[:before:before], inner...)
	for i, c := range columns {
		if !c.Type.Same(s.Columns[i].Type) {
			bqerror.Throw(bqerror.Query("The masking routine of the column %s of %s returns %s, not %s", s.Columns[i].Name, s.Name, c.Type, s.Columns[i].Type))
		}
	}
	sub.names = slices.DeleteFunc(slices.Clone(sub.names), func(n resolved.Named) bool { return n.Source != nil && n.Source.Target == s.Target })
	sub.finish()
	return sql
}

// view translates the query of a view.
func (t *translator) view(s *resolved.Source) (string, []types.Field) {
	if t.shared.depth++; t.shared.depth > maxDepth {
		bqerror.Throw(bqerror.Query("Too many nested views: %s", s.Name))
	}
	defer func() { t.shared.depth-- }()
	req := &resolved.Request{SQL: s.View, Names: t.req.Names.In(s.Project), Definition: true}
	sub, statement := t.nested(req, s.Project, s.Target, "v")
	q, ok := statement.(*resolved.Query)
	if !ok {
		bqerror.Refuse("view %s, which is no query,", s.Name)
	}
	sql, columns := sub.query(q)
	sub.finish()
	return sql, columns
}
