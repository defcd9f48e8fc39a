package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// scan translates a scan.
func (t *translator) scan(node resolved.Scan) *relation {
	switch s := node.(type) {
	case *resolved.SingleRow:
		return &relation{plain: true}
	case *resolved.Table:
		return t.tableScan(s)
	case *resolved.TableCall:
		return t.tableCall(s)
	case *resolved.Changes:
		return t.changes(s)
	case *resolved.Sessionize:
		return t.sessionize(s)
	case *resolved.Project:
		return t.projectScan(s)
	case *resolved.Filter:
		r := t.open(t.scan(s.Input))
		r.where = append(r.where, t.filter(s.Condition))
		return r
	case *resolved.Join:
		return t.joinScan(s)
	case *resolved.Array:
		return t.arrayScan(s)
	case *resolved.Aggregate:
		return t.aggregateScan(s)
	case *resolved.Analytic:
		return t.analyticScan(s)
	case *resolved.OrderBy:
		return t.orderByScan(s)
	case *resolved.Limit:
		return t.limitScan(s)
	case *resolved.SetOperation:
		return t.setOperation(s)
	case *resolved.With:
		return t.withScan(s)
	case *resolved.WithRef:
		return t.reference(node, t.withName(s.Name))
	case *resolved.Recursive:
		bqerror.Refuse("a recursive query outside of WITH RECURSIVE")
	case *resolved.RecursiveRef:
		return t.reference(node, t.recursive[len(t.recursive)-1])
	case *resolved.AssertRows:
		r := t.open(t.scan(s.Input))
		failed := ducksql.Error("'Assert failed: ' || coalesce("+t.expr(s.Message)+", 'NULL')", types.Of(types.Bool))
		r.where = append(r.where, "CASE WHEN "+t.expr(s.Condition)+" THEN TRUE ELSE "+failed+" END")
		r.tail = " LIMIT 9223372036854775807" // DuckDB moves no condition from behind it
		return r
	case *resolved.Sample:
		return t.sampleScan(s)
	case *resolved.InvalidScan:
		bqerror.Throw(s.Err)
	}
	panic(fmt.Sprintf("translate: unknown scan %T", node))
}

// filter translates a condition.
func (t *translator) filter(e resolved.Expr) string {
	t.condition++
	defer func() { t.condition-- }()
	return t.expr(e)
}

func (t *translator) tableScan(s *resolved.Table) *relation {
	source := t.source(s)
	from, alias := source.From, t.alias()
	switch {
	case s.AsOf != nil:
		from = t.past(source, AsOfTime, s.AsOf)
	case t.instead != "" && source.Target == t.insteadOf:
		from = t.instead
	case source.Former:
		bqerror.Refuse("the table %s as it is and as it was with other columns, in one statement,", source.Name)
	}
	physical := func(i int) string { return source.Column(i, alias) }
	if source.View != "" {
		sql, columns := t.view(source)
		if len(columns) < source.Visible {
			bqerror.Throw(bqerror.Query("View %s has %d columns, its schema has %d", source.Name, len(columns), source.Visible))
		}
		from = "(" + sql + ")"
		physical = func(i int) string { return fmt.Sprintf("%s.o%d", alias, i) }
	}
	columns := s.Columns()
	indexes := s.Indexes
	read := Read{Source: source}
	list := make([]item, len(columns))
	if source.Restricted != nil {
		from = "(" + t.restricted(source, from) + ")"
		physical = func(i int) string { return fmt.Sprintf("%s.o%d", alias, i) }
	}
	closed := source.NamesLikeGenerated() // which would be in scope of what joins
	for i, c := range columns {
		list[i] = t.newItem(c, physical(indexes[i]))
		closed = closed || source.Computed[source.Columns[indexes[i]].Name] != ""
		read.Columns = append(read.Columns, source.Columns[indexes[i]].Name)
	}
	t.plan.Reads = append(t.plan.Reads, read)
	t.requireFilter(source, columns, indexes)
	r := t.from(from+" AS "+alias, list)
	if closed {
		return t.closed(r)
	}
	return r
}

// past notes that the past of a table is read, by times that are expressions of no columns,
// and returns the name of what is to be read. A time that is nil is NULL.
func (t *translator) past(s *resolved.Source, kind PastKind, times ...resolved.Expr) string {
	outer := t.shared.parameters
	defer func() { t.shared.parameters = outer }()
	t.plan.Volatile = true
	past := AsOf{Source: s, Kind: kind}
	for _, at := range times {
		t.shared.parameters = nil
		text := "NULL::TIMESTAMP"
		if at != nil {
			text = t.expr(at)
		}
		past.Times = append(past.Times, Step{SQL: "SELECT " + text, Parameters: t.shared.parameters})
	}
	t.plan.AsOf = append(t.plan.AsOf, past)
	return PastTable(len(t.plan.AsOf) - 1)
}

// changes translates APPENDS and CHANGES.
func (t *translator) changes(s *resolved.Changes) *relation {
	source := s.Source
	if own := t.replaced[source]; own != nil {
		source = own
	}
	kind := Appends
	if s.All {
		kind = AllChanges
	}
	name, alias := t.past(source, kind, s.Start, s.End), t.alias()
	read := Read{Source: source}
	items := make([]item, len(s.Columns()))
	for i, c := range s.Columns() {
		column := alias + "." + types.Quote(s.Names[s.Indexes[i]])
		if c.Type.Kind == types.Array {
			column = "coalesce(" + column + ", [])"
		}
		items[i] = t.newItem(c, column)
		read.Columns = append(read.Columns, s.Names[s.Indexes[i]])
	}
	t.plan.Reads = append(t.plan.Reads, read)
	return t.closed(t.from(name+" AS "+alias, items))
}

// requireFilter refuses a scan that needs a filter by partition and has none.
// Conditions are translated after the scans below them, so it is checked when
// the statement is complete.
func (t *translator) requireFilter(s *resolved.Source, columns []*resolved.Column, indexes []int) {
	if !s.Filter || t.instead != "" && s.Target == t.insteadOf {
		return
	}
	var ids []int32
	for i, c := range columns {
		name := s.Columns[indexes[i]].Name
		if strings.EqualFold(name, s.Partition) || s.Partition == "_PARTITIONTIME" && strings.EqualFold(name, "_PARTITIONDATE") {
			ids = append(ids, c.ID)
		}
	}
	t.checks = append(t.checks, func() {
		for _, id := range ids {
			if t.filtered[id] {
				return
			}
		}
		bqerror.Throw(bqerror.Query("Cannot query over table '%s' without a filter over column(s) '%s' that can be used for partition elimination",
			strings.Replace(s.Name, ":", ".", 1), s.Partition))
	})
}

func (t *translator) projectScan(s *resolved.Project) *relation {
	in := t.scan(s.Input)
	exprs := s.Exprs
	if len(exprs) == 0 {
		return in
	}
	r := t.open(in)
	list := make([]item, len(exprs))
	for i, c := range exprs {
		list[i] = t.newItem(c.Column, t.expr(c.Expr))
	}
	return r.only(s).extended(list...)
}

// joinTypes are DuckDB's words for joins.
var joinTypes = map[resolved.JoinKind]string{
	resolved.InnerJoin: "INNER JOIN",
	resolved.LeftJoin:  "LEFT JOIN",
	resolved.RightJoin: "RIGHT JOIN",
	resolved.FullJoin:  "FULL JOIN",
}

func (t *translator) joinScan(s *resolved.Join) *relation {
	left := t.operand(t.scan(s.Left))
	right := t.operand(t.scan(s.Right))
	kind := joinTypes[s.Kind]
	lateral := ""
	if s.Lateral {
		lateral = "LATERAL "
		right = t.closed(right)
	}
	on := ""
	if cond := s.Condition; cond != nil {
		on = " ON " + t.filter(cond)
	} else if kind == "INNER JOIN" {
		kind = "CROSS JOIN"
	} else {
		on = " ON TRUE"
	}
	return join(left, kind, lateral+right.right(), on, right.items...)
}

// join adds something to the FROM of a relation that is nothing else.
func join(left *relation, kind, right, on string, items ...item) *relation {
	return &relation{
		from: left.from + " " + kind + " " + right + on, items: append(append([]item(nil), left.items...), items...),
		plain: true, joined: true,
	}
}

func (t *translator) arrayScan(s *resolved.Array) *relation {
	exprs, elements := s.Arrays, s.Elements
	if len(exprs) != 1 {
		bqerror.Refuse("UNNEST of several arrays")
	}
	input := s.Input
	var in *relation
	if input != nil {
		in = t.operand(t.scan(input)) // the array may be a column of it
	}
	array := t.expr(exprs[0])
	if in != nil && s.Condition == nil && (s.Outer || !isPath(exprs[0]) && resolved.Correlated(exprs[0])) {
		return t.unnested(in, array, s)
	}
	element := t.newItem(elements[0], t.number(elements[0].ID))
	items := []item{element}
	unnest := fmt.Sprintf("SELECT unnest(%s) AS %s", array, element.name)
	if offset := s.Offset; offset != nil {
		items = append(items, t.newItem(offset, t.number(offset.ID)))
		name := t.Fresh("u")
		unnest = fmt.Sprintf("SELECT unnest(%[1]s.a) AS %[2]s, unnest(range(len(%[1]s.a))) AS %[3]s FROM (SELECT %[4]s AS a) AS %[1]s",
			name, element.name, items[1].name, array)
	}
	if input == nil {
		return t.from("("+unnest+")", items)
	}
	for _, i := range items {
		delete(t.named, i.id)
	}
	condition := s.Condition
	if s.Outer {
		on := " ON TRUE"
		if condition != nil {
			on = " ON " + t.filter(condition)
		}
		return join(in, "LEFT JOIN", "LATERAL ("+unnest+")", on, items...)
	}
	r := join(in, "CROSS JOIN", "LATERAL ("+unnest+")", "", items...)
	if condition != nil {
		r.where = append(r.where, t.filter(condition))
	}
	return r
}

// isPath reports whether an expression is a column or a field of one.
func isPath(e resolved.Expr) bool {
	for {
		field, ok := e.(*resolved.GetField)
		if !ok {
			_, ok := e.(*resolved.ColumnRef)
			return ok
		}
		e = field.Expr
	}
}

// unnested has a row for each element of an array beside each row, in the order of the elements, which a LATERAL join that DuckDB
// doesn't rewrite loses. An outer join has a row for an array without elements too.
func (t *translator) unnested(in *relation, array string, s *resolved.Array) *relation {
	name := t.Fresh("u")
	r := t.closed(in.extended(item{name: name, expr: array}))
	list, offsets := name, "range(len("+name+"))"
	if s.Outer {
		empty := "CASE WHEN coalesce(len(" + name + "), 0) = 0 THEN "
		list = empty + ducksql.Cast("[NULL]", s.Arrays[0].Type()) + " ELSE " + name + " END"
		offsets = empty + "[NULL] ELSE " + offsets + " END"
	}
	r.items = slices.DeleteFunc(r.items, func(i item) bool { return i.name == name })
	more := []item{t.newItem(s.Elements[0], "unnest("+list+")")}
	if s.Offset != nil {
		more = append(more, t.newItem(s.Offset, "unnest("+offsets+")"))
	}
	return t.closed(r.extended(more...))
}

func (t *translator) orderByScan(s *resolved.OrderBy) *relation {
	r := *t.open(t.scan(s.Input))
	r.tail, r.plain = " ORDER BY "+t.orderItems(s.Items), false
	return &r
}

// orderItems translates the items of an ORDER BY. BigQuery sorts NULL lowest.
func (t *translator) orderItems(items []resolved.OrderItem) string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = t.orderItem(item)
	}
	return strings.Join(list, ", ")
}

// orderItem sorts a NaN between NULL and all numbers, as BigQuery does and DuckDB doesn't.
func (t *translator) orderItem(item resolved.OrderItem) string {
	name := t.column(item.Column)
	if item.Column.Type.Kind != types.Float64 {
		return sorted(operators.Key(name, item.Column.Type), item, item.Descending)
	}
	return sorted("isnan("+name+")", item, !item.Descending) + ", " + sorted(name, item, item.Descending)
}

// sorted sorts a key of an item, with NULL where the item has it.
func sorted(key string, item resolved.OrderItem, descending bool) string {
	direction, nulls := " ASC", " NULLS LAST"
	if descending {
		direction = " DESC"
	}
	if item.Nulls == resolved.NullsFirst || item.Nulls != resolved.NullsLast && !item.Descending {
		nulls = " NULLS FIRST"
	}
	return key + direction + nulls
}

func (t *translator) limitScan(s *resolved.Limit) *relation {
	in := t.scan(s.Input)
	if _, ordered := s.Input.(*resolved.OrderBy); !ordered && in.tail != "" {
		in = t.closed(in)
	}
	r := *in
	r.plain = false
	if limit := s.Limit; limit != nil {
		r.tail += " LIMIT " + t.count(limit)
	}
	if offset := s.Offset; offset != nil {
		r.tail += " OFFSET " + t.count(offset)
	}
	return &r
}

// count is the expression of LIMIT or OFFSET, which may not be NULL.
func (t *translator) count(e resolved.Expr) string {
	n := t.expr(e)
	if l, ok := e.(*resolved.Literal); ok && l.Value != nil {
		return n
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %s END", n, ducksql.Error("'Limit requires non-null count and offset'", types.Of(types.Int64)), n)
}

func (t *translator) sampleScan(s *resolved.Sample) *relation {
	if !strings.EqualFold(s.Method, "system") || !s.Percent {
		bqerror.Refuse("TABLESAMPLE other than SYSTEM by PERCENT")
	}
	lit, ok := s.Size.(*resolved.Literal)
	if !ok {
		bqerror.Refuse("TABLESAMPLE with a size that isn't a literal")
	}
	t.plan.Volatile = true
	percent := fmt.Sprint(lit.Value)
	r := t.closed(t.scan(s.Input))
	r.from += " TABLESAMPLE SYSTEM (" + percent + " PERCENT)"
	return t.closed(r)
}
