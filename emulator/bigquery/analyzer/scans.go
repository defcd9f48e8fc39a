package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// columnLister is what every scan has but the analyzer's interface lacks.
type columnLister interface {
	ColumnList() ([]*gsql.ResolvedColumn, error)
}

// output copies the columns of a scan.
func (c *converter) output(node gsql.ResolvedScanNode) resolved.Output {
	l, ok := node.(columnLister)
	if !ok {
		bqerror.Refuse("a scan without columns")
	}
	return resolved.Output{List: c.columnList(must(l.ColumnList()))}
}

// scan copies a scan; nil stays nil. What the emulator doesn't support becomes
// InvalidScan.
func (c *converter) scan(node gsql.ResolvedScanNode) resolved.Scan {
	if node == nil {
		return nil
	}
	out, err := attempt(func() resolved.Scan { return c.scanNode(node, c.output(node)) })
	if err != nil {
		return &resolved.InvalidScan{Err: err}
	}
	return out
}

func (c *converter) scanNode(node gsql.ResolvedScanNode, output resolved.Output) resolved.Scan {
	switch s := node.(type) {
	case *gsql.ResolvedSingleRowScan:
		return &resolved.SingleRow{Output: output}
	case *gsql.ResolvedTableScan:
		return c.table(s)
	case *gsql.ResolvedTVFScan:
		return c.tableCall(s, output)
	case *gsql.ResolvedProjectScan:
		return &resolved.Project{Output: output, Input: c.scan(must(s.InputScan())), Exprs: c.computed(must(s.ExprList()))}
	case *gsql.ResolvedFilterScan:
		return &resolved.Filter{Output: output, Input: c.scan(must(s.InputScan())), Condition: c.expr(must(s.FilterExpr()))}
	case *gsql.ResolvedJoinScan:
		return &resolved.Join{
			Output: output, Kind: joinKinds[must(s.JoinType())], Left: c.scan(must(s.LeftScan())), Right: c.scan(must(s.RightScan())),
			Condition: c.expr(must(s.JoinExpr())), Lateral: must(s.IsLateral()),
		}
	case *gsql.ResolvedArrayScan:
		return c.array(s, output)
	case *gsql.ResolvedAggregateScan:
		return c.aggregate(s, output)
	case *gsql.ResolvedAnalyticScan:
		return c.analytic(s, output)
	case *gsql.ResolvedOrderByScan:
		return &resolved.OrderBy{Output: output, Input: c.scan(must(s.InputScan())), Items: c.orderItems(must(s.OrderByItemList()))}
	case *gsql.ResolvedLimitOffsetScan:
		return &resolved.Limit{Output: output, Input: c.scan(must(s.InputScan())), Limit: c.expr(must(s.Limit())), Offset: c.expr(must(s.Offset()))}
	case *gsql.ResolvedSetOperationScan:
		op := &resolved.SetOperation{Output: output, Operator: setOperators[must(s.OpType())]}
		for _, item := range must(s.InputItemList()) {
			op.Inputs = append(op.Inputs, c.setItem(item))
			collatedLike(output.List, op.Inputs[len(op.Inputs)-1].Output)
		}
		return op
	case *gsql.ResolvedWithScan:
		return c.with(s, output)
	case *gsql.ResolvedWithRefScan:
		name := must(s.WithQueryName())
		collatedLike(output.List, c.entries[name])
		return &resolved.WithRef{Output: output, Name: name}
	case *gsql.ResolvedRecursiveScan:
		return &resolved.Recursive{
			Output: output, First: c.setItem(must(s.NonRecursiveTerm())), Next: c.setItem(must(s.RecursiveTerm())),
			Distinct: must(s.OpType()) == gsql.ResolvedRecursiveScanEnums_RecursiveSetOperationTypeUnionDistinct,
			Depth:    must(s.RecursionDepthModifier()) != nil,
		}
	case *gsql.ResolvedRecursiveRefScan:
		return &resolved.RecursiveRef{Output: output}
	case *gsql.ResolvedAssertScan:
		return &resolved.AssertRows{
			Output: output, Input: c.scan(must(s.InputScan())), Condition: c.expr(must(s.Condition())), Message: c.expr(must(s.Message())),
		}
	case *gsql.ResolvedSampleScan:
		return &resolved.Sample{
			Output: output, Input: c.scan(must(s.InputScan())), Method: must(s.Method()), Size: c.expr(must(s.Size())),
			Percent: must(s.Unit()) == gsql.ResolvedSampleScanEnums_SampleUnitPercent,
		}
	}
	bqerror.Refuse("%s", kindOf(node))
	return nil
}

func (c *converter) table(s *gsql.ResolvedTableScan) *resolved.Table {
	t := &resolved.Table{Output: c.output(s), Source: c.source(must(s.Table())), AsOf: c.expr(must(s.ForSystemTimeExpr()))}
	for _, i := range must(s.ColumnIndexList()) {
		t.Indexes = append(t.Indexes, int(i))
	}
	for i, column := range t.List {
		if n := t.Indexes[i]; n < len(t.Source.Columns) {
			collated(column, t.Source.Columns[n].Type)
		}
	}
	return t
}

// source finds what a table of the analyzer stands for.
func (c *converter) source(table gsql.TableNode) *resolved.Source {
	return c.named[must(table.GetSerializationId())].Source
}

func (c *converter) tableCall(s *gsql.ResolvedTVFScan, output resolved.Output) resolved.Scan {
	if name, builtin := strings.CutPrefix(must(must(s.Tvf()).FullName(true)), builtinGroup+":"); builtin {
		if name == sessionize {
			return c.sessionize(s, output)
		}
		return c.changes(s, output, name)
	}
	id := must(must(must(s.Tvf()).GetSignature(0)).ContextId())
	call := &resolved.TableCall{Output: output, Routine: c.named[id].Routine}
	for _, i := range must(s.ColumnIndexList()) {
		call.Indexes = append(call.Indexes, int(i))
	}
	for _, a := range must(s.ArgumentList()) {
		call.Args = append(call.Args, c.genericArgument(a, call.Routine.Name))
	}
	return call
}

var joinKinds = map[gsql.ResolvedJoinScanEnums_JoinType]resolved.JoinKind{
	gsql.ResolvedJoinScanEnums_JoinTypeInner: resolved.InnerJoin,
	gsql.ResolvedJoinScanEnums_JoinTypeLeft:  resolved.LeftJoin,
	gsql.ResolvedJoinScanEnums_JoinTypeRight: resolved.RightJoin,
	gsql.ResolvedJoinScanEnums_JoinTypeFull:  resolved.FullJoin,
}

var setOperators = map[gsql.ResolvedSetOperationScanEnums_SetOperationType]resolved.SetOperator{
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeUnionAll:          resolved.UnionAll,
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeUnionDistinct:     resolved.UnionDistinct,
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeIntersectAll:      resolved.IntersectAll,
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeIntersectDistinct: resolved.IntersectDistinct,
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeExceptAll:         resolved.ExceptAll,
	gsql.ResolvedSetOperationScanEnums_SetOperationTypeExceptDistinct:    resolved.ExceptDistinct,
}

func (c *converter) setItem(item *gsql.ResolvedSetOperationItem) resolved.SetItem {
	return resolved.SetItem{Scan: c.scan(must(item.Scan())), Output: c.columnList(must(item.OutputColumnList()))}
}

func (c *converter) array(s *gsql.ResolvedArrayScan, output resolved.Output) resolved.Scan {
	a := &resolved.Array{
		Output: output, Input: c.scan(must(s.InputScan())), Arrays: c.exprs(must(s.ArrayExprList())),
		Elements: c.columnList(must(s.ElementColumnList())), Condition: c.expr(must(s.JoinExpr())), Outer: must(s.IsOuter()),
	}
	if o := must(s.ArrayOffsetColumn()); o != nil {
		a.Offset = c.column(must(o.Column()))
	}
	return a
}

func (c *converter) with(s *gsql.ResolvedWithScan, output resolved.Output) resolved.Scan {
	w := &resolved.With{Output: output, Recursive: must(s.Recursive())}
	for _, e := range must(s.WithEntryList()) {
		entry := resolved.WithEntry{Name: must(e.WithQueryName()), Scan: c.scan(must(e.WithSubquery()))}
		w.Entries = append(w.Entries, entry)
		c.entries[entry.Name] = entry.Scan.Columns()
	}
	w.Query = c.scan(must(s.Query()))
	return w
}

func (c *converter) aggregate(s *gsql.ResolvedAggregateScan, output resolved.Output) resolved.Scan {
	a := &resolved.Aggregate{Output: output, Input: c.scan(must(s.InputScan())), GroupBy: c.computed(must(s.GroupByList()))}
	for _, n := range must(s.AggregateList()) {
		a.Calls = append(a.Calls, computedCall(c, n, "an aggregate", c.aggregateCall))
	}
	for _, g := range must(s.GroupingCallList()) {
		a.Grouping = append(a.Grouping, resolved.GroupingCall{
			Key: c.column(must(must(g.GroupByColumn()).Column())), Column: c.column(must(g.OutputColumn())),
		})
	}
	for _, set := range must(s.GroupingSetList()) {
		switch g := set.(type) {
		case *gsql.ResolvedGroupingSet:
			a.Sets = append(a.Sets, resolved.GroupingSet{Kind: resolved.PlainSet, Columns: [][]*resolved.Column{c.columnRefs(must(g.GroupByColumnList()))}})
		case *gsql.ResolvedRollup:
			a.Sets = append(a.Sets, resolved.GroupingSet{Kind: resolved.Rollup, Columns: c.multiColumns(must(g.RollupColumnList()))})
		case *gsql.ResolvedCube:
			a.Sets = append(a.Sets, resolved.GroupingSet{Kind: resolved.Cube, Columns: c.multiColumns(must(g.CubeColumnList()))})
		default:
			a.Sets = append(a.Sets, resolved.GroupingSet{Kind: resolved.OtherSet})
		}
	}
	return a
}

// computedCall copies a column that a call makes. What says in an error what isn't a call.
func computedCall[Call any](c *converter, n gsql.ResolvedComputedColumnBaseNode, what string, convert func(Call) *resolved.AggregateCall) resolved.ComputedCall {
	call := resolved.ComputedCall{Column: c.column(must(n.Column()))}
	e, ok := must(n.Expr()).(Call)
	if !ok {
		call.Err = bqerror.Unsupported("%s that isn't a function call", what)
		return call
	}
	call.Call, call.Err = attempt(func() *resolved.AggregateCall { return convert(e) })
	collatedCall(call)
	return call
}

// attempt returns what f throws.
func attempt[T any](f func() T) (out T, err error) {
	defer bqerror.Catch(&err)
	return f(), nil
}

func (c *converter) columnRefs(refs []*gsql.ResolvedColumnRef) []*resolved.Column {
	out := make([]*resolved.Column, len(refs))
	for i, r := range refs {
		out[i] = c.column(must(r.Column()))
	}
	return out
}

func (c *converter) multiColumns(list []*gsql.ResolvedGroupingSetMultiColumn) [][]*resolved.Column {
	out := make([][]*resolved.Column, len(list))
	for i, m := range list {
		out[i] = c.columnRefs(must(m.ColumnList()))
	}
	return out
}

func (c *converter) analytic(s *gsql.ResolvedAnalyticScan, output resolved.Output) resolved.Scan {
	a := &resolved.Analytic{Output: output, Input: c.scan(must(s.InputScan()))}
	for _, g := range must(s.FunctionGroupList()) {
		group := resolved.AnalyticGroup{}
		if p := must(g.PartitionBy()); p != nil {
			group.Partition = c.columnRefs(must(p.PartitionByList()))
		}
		if o := must(g.OrderBy()); o != nil {
			group.Order = c.orderItems(must(o.OrderByItemList()))
		}
		for _, n := range must(g.AnalyticFunctionList()) {
			group.Functions = append(group.Functions, computedCall(c, n, "an analytic expression", c.analyticCall))
		}
		a.Groups = append(a.Groups, group)
	}
	return a
}
