package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// scan translates a scan.
func (t *translator) scan(node gsql.ResolvedScanNode) *relation {
	switch s := node.(type) {
	case *gsql.ResolvedSingleRowScan:
		return &relation{plain: true}
	case *gsql.ResolvedTableScan:
		return t.tableScan(s)
	case *gsql.ResolvedProjectScan:
		return t.projectScan(s)
	case *gsql.ResolvedFilterScan:
		r := t.open(t.scan(must(s.InputScan())))
		r.where = append(r.where, t.filter(must(s.FilterExpr())))
		return r
	case *gsql.ResolvedJoinScan:
		return t.joinScan(s)
	case *gsql.ResolvedArrayScan:
		return t.arrayScan(s)
	case *gsql.ResolvedAggregateScan:
		return t.aggregateScan(s)
	case *gsql.ResolvedAnalyticScan:
		return t.analyticScan(s)
	case *gsql.ResolvedOrderByScan:
		return t.orderByScan(s)
	case *gsql.ResolvedLimitOffsetScan:
		return t.limitScan(s)
	case *gsql.ResolvedSetOperationScan:
		return t.setOperation(s)
	case *gsql.ResolvedWithScan:
		return t.withScan(s)
	case *gsql.ResolvedWithRefScan:
		return t.reference(node, t.withName(must(s.WithQueryName())))
	case *gsql.ResolvedRecursiveScan:
		unsupported("a recursive query outside of WITH RECURSIVE")
	case *gsql.ResolvedRecursiveRefScan:
		return t.reference(node, t.recursive[len(t.recursive)-1].name)
	case *gsql.ResolvedSampleScan:
		return t.sampleScan(s)
	}
	unsupported("%s", strings.TrimPrefix(must(node.NodeKindString()), "Resolved"))
	return nil
}

// columnLister is what every scan has but the analyzer's interface lacks.
type columnLister interface {
	ColumnList() ([]*gsql.ResolvedColumn, error)
}

// scanColumns lists the columns of a scan.
func scanColumns(node gsql.ResolvedScanNode) []*gsql.ResolvedColumn {
	l, ok := node.(columnLister)
	if !ok {
		unsupported("a scan without columns")
	}
	return must(l.ColumnList())
}

// filter translates a condition.
func (t *translator) filter(e gsql.ResolvedExprNode) string {
	t.condition++
	defer func() { t.condition-- }()
	return t.expr(e)
}

func (t *translator) tableScan(s *gsql.ResolvedTableScan) *relation {
	if must(s.ForSystemTimeExpr()) != nil {
		unsupported("FOR SYSTEM_TIME AS OF")
	}
	source := t.source(must(s.Table()))
	from, alias := source.From, t.alias()
	physical := func(i int32) string { return source.column(i, alias) }
	if source.View != "" {
		sql, columns := t.view(source)
		if len(columns) < source.Visible {
			fail(bqerror.Query("View %s has %d columns, its schema has %d", source.Name, len(columns), source.Visible))
		}
		from = "(" + sql + ")"
		physical = func(i int32) string { return fmt.Sprintf("%s.o%d", alias, i) }
	}
	columns := scanColumns(s)
	indexes := must(s.ColumnIndexList())
	read := Read{Source: source}
	list := make([]item, len(columns))
	closed := source.namesLikeOurs() // which would be in scope of what joins
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

// requireFilter refuses a scan that needs a filter by partition and has none.
// Conditions are translated after the scans below them, so it is checked when
// the statement is complete.
func (t *translator) requireFilter(s *Source, columns []*gsql.ResolvedColumn, indexes []int32) {
	if !s.Filter {
		return
	}
	var ids []int32
	for i, c := range columns {
		name := s.Columns[indexes[i]].Name
		if strings.EqualFold(name, s.Partition) || s.Partition == "_PARTITIONTIME" && strings.EqualFold(name, "_PARTITIONDATE") {
			ids = append(ids, must(c.ColumnId()))
		}
	}
	t.checks = append(t.checks, func() {
		for _, id := range ids {
			if t.filtered[id] {
				return
			}
		}
		fail(bqerror.Query("Cannot query over table '%s' without a filter over column(s) '%s' that can be used for partition elimination",
			strings.Replace(s.Name, ":", ".", 1), s.Partition))
	})
}

// source finds what a table of the analyzer stands for.
func (t *translator) source(table gsql.TableNode) *Source {
	return t.tables.sources[must(table.GetSerializationId())]
}

func (t *translator) projectScan(s *gsql.ResolvedProjectScan) *relation {
	in := t.scan(must(s.InputScan()))
	exprs := must(s.ExprList())
	if len(exprs) == 0 {
		return in
	}
	r := t.open(in)
	list := make([]item, len(exprs))
	for i, c := range exprs {
		list[i] = t.newItem(must(c.Column()), t.expr(must(c.Expr())))
	}
	return r.only(s).extended(list...)
}

// joinTypes are DuckDB's words for joins.
var joinTypes = map[gsql.ResolvedJoinScanEnums_JoinType]string{
	gsql.ResolvedJoinScanEnums_JoinTypeInner: "INNER JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeLeft:  "LEFT JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeRight: "RIGHT JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeFull:  "FULL JOIN",
}

func (t *translator) joinScan(s *gsql.ResolvedJoinScan) *relation {
	left := t.operand(t.scan(must(s.LeftScan())))
	right := t.operand(t.scan(must(s.RightScan())))
	kind := joinTypes[must(s.JoinType())]
	lateral := ""
	if must(s.IsLateral()) {
		lateral = "LATERAL "
		right = t.closed(right)
	}
	on := ""
	if cond := must(s.JoinExpr()); cond != nil {
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

func (t *translator) arrayScan(s *gsql.ResolvedArrayScan) *relation {
	exprs, elements := must(s.ArrayExprList()), must(s.ElementColumnList())
	if len(exprs) != 1 {
		unsupported("UNNEST of several arrays")
	}
	input := must(s.InputScan())
	var in *relation
	if input != nil {
		in = t.operand(t.scan(input)) // the array may be a column of it
	}
	array := t.expr(exprs[0])
	element := t.newItem(elements[0], t.number(must(elements[0].ColumnId())))
	items := []item{element}
	unnest := fmt.Sprintf("SELECT unnest(%s) AS %s", array, element.name)
	if h := must(s.ArrayOffsetColumn()); h != nil {
		offset := must(h.Column())
		items = append(items, t.newItem(offset, t.number(must(offset.ColumnId()))))
		name := t.fresh("u")
		unnest = fmt.Sprintf("SELECT unnest(%[1]s.a) AS %[2]s, unnest(range(len(%[1]s.a))) AS %[3]s FROM (SELECT %[4]s AS a) AS %[1]s",
			name, element.name, items[1].name, array)
	}
	if input == nil {
		return t.from("("+unnest+")", items)
	}
	for _, i := range items {
		delete(t.named, i.id)
	}
	condition := must(s.JoinExpr())
	if must(s.IsOuter()) {
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

func (t *translator) orderByScan(s *gsql.ResolvedOrderByScan) *relation {
	r := *t.open(t.scan(must(s.InputScan())))
	r.tail, r.plain = " ORDER BY "+t.orderItems(must(s.OrderByItemList())), false
	return &r
}

// orderItems translates the items of an ORDER BY. BigQuery sorts NULL lowest.
func (t *translator) orderItems(items []*gsql.ResolvedOrderByItem) string {
	list := make([]string, len(items))
	for i, item := range items {
		if must(item.Collation()) != nil && must(item.CollationName()) != nil {
			unsupported("COLLATE in ORDER BY")
		}
		c := must(must(item.ColumnRef()).Column())
		list[i] = t.column(c) + t.direction(item)
	}
	return strings.Join(list, ", ")
}

func (t *translator) direction(item *gsql.ResolvedOrderByItem) string {
	descending := must(item.IsDescending())
	first := !descending
	switch must(item.NullOrder()) {
	case gsql.ResolvedOrderByItemEnums_NullOrderModeNullsFirst:
		first = true
	case gsql.ResolvedOrderByItemEnums_NullOrderModeNullsLast:
		first = false
	}
	words := " ASC"
	if descending {
		words = " DESC"
	}
	if first {
		return words + " NULLS FIRST"
	}
	return words + " NULLS LAST"
}

func (t *translator) limitScan(s *gsql.ResolvedLimitOffsetScan) *relation {
	in := t.scan(must(s.InputScan()))
	if _, ordered := must(s.InputScan()).(*gsql.ResolvedOrderByScan); !ordered && in.tail != "" {
		in = t.closed(in)
	}
	r := *in
	r.plain = false
	if limit := must(s.Limit()); limit != nil {
		r.tail += " LIMIT " + t.expr(limit)
	}
	if offset := must(s.Offset()); offset != nil {
		r.tail += " OFFSET " + t.expr(offset)
	}
	return &r
}

// setOperators are DuckDB's words for set operations.
var setOperators = map[gsql.ResolvedSetOperationScanEnums_SetOperationType]string{
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeUnionAll:          "UNION ALL",
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeUnionDistinct:     "UNION",
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeIntersectAll:      "INTERSECT ALL",
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeIntersectDistinct: "INTERSECT",
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeExceptAll:         "EXCEPT ALL",
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeExceptDistinct:    "EXCEPT",
}

func (t *translator) setOperation(s *gsql.ResolvedSetOperationScan) *relation {
	columns := scanColumns(s)
	var parts []string
	for _, item := range must(s.InputItemList()) {
		parts = append(parts, t.setItem(item, columns))
	}
	operator := setOperators[must(s.OpType())]
	sql := parts[0]
	for _, p := range parts[1:] { // set operations of one kind associate to the left
		sql = fmt.Sprintf("(%s) %s (%s)", sql, operator, p)
	}
	items := make([]item, len(columns))
	for i, c := range columns {
		items[i] = t.newItem(c, t.number(must(c.ColumnId())))
	}
	return t.from("("+sql+")", items)
}

// setItem is an input of a set operation with the columns of its result.
func (t *translator) setItem(item *gsql.ResolvedSetOperationItem, columns []*gsql.ResolvedColumn) string {
	r := t.renamed(t.scan(must(item.Scan())), must(item.OutputColumnList()), func(i int) string {
		return t.number(must(columns[i].ColumnId()))
	})
	return t.sql(r)
}

func (t *translator) sampleScan(s *gsql.ResolvedSampleScan) *relation {
	if !strings.EqualFold(must(s.Method()), "system") || must(s.Unit()) != gsql.ResolvedSampleScanEnums_SampleUnitPercent {
		unsupported("TABLESAMPLE other than SYSTEM by PERCENT")
	}
	lit, ok := must(s.Size()).(*gsql.ResolvedLiteral)
	if !ok {
		unsupported("TABLESAMPLE with a size that isn't a literal")
	}
	t.plan.Volatile = true
	percent := fmt.Sprint(goValue(must(lit.Value())))
	r := t.closed(t.scan(must(s.InputScan())))
	r.from += " TABLESAMPLE SYSTEM (" + percent + " PERCENT)"
	return t.closed(r)
}
