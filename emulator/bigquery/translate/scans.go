package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// scan translates a scan to a SELECT whose columns are named by number.
func (t *translator) scan(node gsql.ResolvedScanNode) string {
	switch s := node.(type) {
	case *gsql.ResolvedSingleRowScan:
		return "SELECT 1"
	case *gsql.ResolvedTableScan:
		return t.tableScan(s)
	case *gsql.ResolvedProjectScan:
		return t.projectScan(s)
	case *gsql.ResolvedFilterScan:
		in := t.scan(must(s.InputScan()))
		return fmt.Sprintf("SELECT * FROM (%s) WHERE %s", in, t.filter(must(s.FilterExpr())))
	case *gsql.ResolvedJoinScan:
		return t.joinScan(s)
	case *gsql.ResolvedArrayScan:
		return t.arrayScan(s)
	case *gsql.ResolvedAggregateScan:
		return t.aggregateScan(s)
	case *gsql.ResolvedAnalyticScan:
		return t.analyticScan(s)
	case *gsql.ResolvedOrderByScan:
		return fmt.Sprintf("SELECT * FROM (%s) ORDER BY %s", t.scan(must(s.InputScan())), t.orderItems(must(s.OrderByItemList())))
	case *gsql.ResolvedLimitOffsetScan:
		return t.limitScan(s)
	case *gsql.ResolvedSetOperationScan:
		return t.setOperation(s)
	case *gsql.ResolvedWithScan:
		return t.withScan(s)
	case *gsql.ResolvedWithRefScan:
		return fmt.Sprintf("SELECT %s FROM %s", t.renamed(node), t.withName(must(s.WithQueryName())))
	case *gsql.ResolvedRecursiveScan:
		return t.recursiveScan(s)
	case *gsql.ResolvedRecursiveRefScan:
		return fmt.Sprintf("SELECT %s FROM %s", t.renamed(node), t.recursive[len(t.recursive)-1].name)
	case *gsql.ResolvedSampleScan:
		return t.sampleScan(s)
	default:
		kind := must(node.NodeKindString())
		unsupported("%s", strings.TrimPrefix(kind, "Resolved"))
		return ""
	}
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

func (t *translator) tableScan(s *gsql.ResolvedTableScan) string {
	if must(s.ForSystemTimeExpr()) != nil {
		unsupported("FOR SYSTEM_TIME AS OF")
	}
	source := t.source(must(s.Table()))
	from := source.From
	physical := func(i int32) string { return source.column(i, "") }
	if source.View != "" {
		sql, columns := t.view(source)
		if len(columns) < source.Visible {
			fail(bqerror.Query("View %s has %d columns, its schema has %d", source.Name, len(columns), source.Visible))
		}
		from = "(" + sql + ")"
		physical = func(i int32) string { return fmt.Sprintf("o%d", i) }
	}
	columns := scanColumns(s)
	indexes := must(s.ColumnIndexList())
	read := Read{Source: source}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("%s AS %s", physical(indexes[i]), t.column(c))
		read.Columns = append(read.Columns, source.Columns[indexes[i]].Name)
	}
	t.plan.Reads = append(t.plan.Reads, read)
	t.requireFilter(source, columns, indexes)
	if len(list) == 0 {
		list = []string{"1"}
	}
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(list, ", "), from)
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

func (t *translator) projectScan(s *gsql.ResolvedProjectScan) string {
	in := t.scan(must(s.InputScan()))
	exprs := must(s.ExprList())
	if len(exprs) == 0 {
		return in
	}
	list := make([]string, len(exprs))
	for i, c := range exprs {
		list[i] = fmt.Sprintf("%s AS %s", t.expr(must(c.Expr())), t.column(must(c.Column())))
	}
	if _, ok := must(s.InputScan()).(*gsql.ResolvedSingleRowScan); ok {
		return "SELECT " + strings.Join(list, ", ")
	}
	return fmt.Sprintf("SELECT *, %s FROM (%s)", strings.Join(list, ", "), in)
}

// joinTypes are DuckDB's words for joins.
var joinTypes = map[gsql.ResolvedJoinScanEnums_JoinType]string{
	gsql.ResolvedJoinScanEnums_JoinTypeInner: "INNER JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeLeft:  "LEFT JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeRight: "RIGHT JOIN",
	gsql.ResolvedJoinScanEnums_JoinTypeFull:  "FULL JOIN",
}

func (t *translator) joinScan(s *gsql.ResolvedJoinScan) string {
	left, right := t.scan(must(s.LeftScan())), t.scan(must(s.RightScan()))
	kind := joinTypes[must(s.JoinType())]
	lateral := ""
	if must(s.IsLateral()) {
		lateral = "LATERAL "
	}
	on := "TRUE"
	if cond := must(s.JoinExpr()); cond != nil {
		on = t.filter(cond)
	} else if kind == "INNER JOIN" {
		return fmt.Sprintf("SELECT * FROM (%s) CROSS JOIN %s(%s)", left, lateral, right)
	}
	return fmt.Sprintf("SELECT * FROM (%s) %s %s(%s) ON %s", left, kind, lateral, right, on)
}

func (t *translator) arrayScan(s *gsql.ResolvedArrayScan) string {
	exprs, elements := must(s.ArrayExprList()), must(s.ElementColumnList())
	if len(exprs) != 1 {
		unsupported("UNNEST of several arrays")
	}
	array := t.expr(exprs[0])
	element := t.column(elements[0])
	unnest := fmt.Sprintf("SELECT unnest(%s) AS %s", array, element)
	if h := must(s.ArrayOffsetColumn()); h != nil {
		offset := t.column(must(h.Column()))
		name := t.fresh("u")
		unnest = fmt.Sprintf("SELECT unnest(%[1]s.a) AS %[2]s, unnest(range(len(%[1]s.a))) AS %[3]s FROM (SELECT %[4]s AS a) AS %[1]s",
			name, element, offset, array)
	}
	input := must(s.InputScan())
	if input == nil {
		return unnest
	}
	in := t.scan(input)
	join := must(s.JoinExpr())
	if must(s.IsOuter()) {
		on := "TRUE"
		if join != nil {
			on = t.filter(join)
		}
		return fmt.Sprintf("SELECT * FROM (%s) LEFT JOIN LATERAL (%s) ON %s", in, unnest, on)
	}
	sql := fmt.Sprintf("SELECT * FROM (%s) CROSS JOIN LATERAL (%s)", in, unnest)
	if join != nil {
		sql += " WHERE " + t.filter(join)
	}
	return sql
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

func (t *translator) limitScan(s *gsql.ResolvedLimitOffsetScan) string {
	sql := ""
	if o, ok := must(s.InputScan()).(*gsql.ResolvedOrderByScan); ok {
		sql = t.scan(o)
	} else {
		sql = fmt.Sprintf("SELECT * FROM (%s)", t.scan(must(s.InputScan())))
	}
	if limit := must(s.Limit()); limit != nil {
		sql += " LIMIT " + t.expr(limit)
	}
	if offset := must(s.Offset()); offset != nil {
		sql += " OFFSET " + t.expr(offset)
	}
	return sql
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

func (t *translator) setOperation(s *gsql.ResolvedSetOperationScan) string {
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
	return "SELECT * FROM (" + sql + ")"
}

// setItem is an input of a set operation with the columns of its result.
func (t *translator) setItem(item *gsql.ResolvedSetOperationItem, columns []*gsql.ResolvedColumn) string {
	output := must(item.OutputColumnList())
	in := t.scan(must(item.Scan()))
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("%s AS %s", t.column(output[i]), t.column(c))
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(list, ", "), in)
}

func (t *translator) sampleScan(s *gsql.ResolvedSampleScan) string {
	if !strings.EqualFold(must(s.Method()), "system") || must(s.Unit()) != gsql.ResolvedSampleScanEnums_SampleUnitPercent {
		unsupported("TABLESAMPLE other than SYSTEM by PERCENT")
	}
	lit, ok := must(s.Size()).(*gsql.ResolvedLiteral)
	if !ok {
		unsupported("TABLESAMPLE with a size that isn't a literal")
	}
	t.plan.Volatile = true
	percent := fmt.Sprint(goValue(must(lit.Value())))
	return fmt.Sprintf("SELECT * FROM (%s) TABLESAMPLE SYSTEM (%s PERCENT)", t.scan(must(s.InputScan())), percent)
}
