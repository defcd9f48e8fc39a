package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) analyticScan(s *resolved.Analytic) *relation {
	r := t.open(t.scan(s.Input))
	var list []item
	for _, g := range s.Groups {
		partition, order := "", ""
		if len(g.Partition) > 0 {
			partition = "PARTITION BY " + strings.Join(t.groupKeys(g.Partition), ", ")
		}
		if len(g.Order) > 0 {
			order = " ORDER BY " + t.orderItems(g.Order)
		}
		for _, c := range g.Functions {
			if c.Err != nil {
				bqerror.Throw(c.Err)
			}
			list = append(list, t.newItem(c.Column, t.analyticCall(c.Call, partition, t.framed(order, c.Call.Frame, g.Order), g.Order)))
		}
	}
	return r.extended(list...)
}

// groupKeys are what columns are grouped by.
func (t *translator) groupKeys(columns []*resolved.Column) []string {
	keys := make([]string, len(columns))
	for i, c := range columns {
		keys[i] = operators.Key(t.column(c), c.Type)
	}
	return keys
}

// framed is the order of a window whose frame is a range of numbers, which DuckDB takes
// over one key only. It sorts a NaN above all numbers, and so below them where their signs are changed.
func (t *translator) framed(order string, f *resolved.Frame, items []resolved.OrderItem) string {
	if f == nil || !f.Range || f.Start.Offset == nil && f.End.Offset == nil || len(items) != 1 {
		return order
	}
	item := items[0]
	if item.Column.Type.Kind == types.Float64 {
		return " ORDER BY " + sorted("-"+t.column(item.Column), item, !item.Descending)
	}
	return " ORDER BY " + sorted(wide(t.column(item.Column), item.Column.Type), item, item.Descending)
}

// wide is a number in a type in which the bounds of frames don't overflow.
func wide(x string, typ *types.Type) string {
	switch typ.Kind {
	case types.Int64:
		return "CAST(" + x + " AS HUGEINT)"
	case types.Numeric:
		return ducksql.Units(x)
	}
	return x
}

func (t *translator) analyticCall(e *resolved.AggregateCall, partition, order string, items []resolved.OrderItem) string {
	a := t.newAggregate(e)
	frame := ""
	if e.Frame != nil && a.Name != "percentile_cont" && a.Name != "percentile_disc" {
		frame = " " + t.frame(e.Frame, items)
	}
	a.Over = " OVER (" + partition + order + frame + ")"
	if f, ok := functions.All.Windows[a.Name]; ok {
		return ducksql.Try(ducksql.Cast(f(a), a.Type), e.Safe)
	}
	if a.Name == "count" && a.Distinct && order != "" {
		bqerror.Refuse("COUNT(DISTINCT) with an ordered window")
	}
	return aggregate(a, e.Safe)
}

// frame is the frame clause.
func (t *translator) frame(f *resolved.Frame, items []resolved.OrderItem) string {
	unit := "ROWS"
	if f.Range {
		unit = "RANGE"
	}
	if f.Range && len(items) == 1 {
		switch items[0].Column.Type.Kind {
		case types.Int64, types.Float64, types.Numeric:
		default:
			if f.Start.Offset != nil || f.End.Offset != nil {
				bqerror.Refuse("a RANGE frame with an offset over this type")
			}
		}
	}
	return fmt.Sprintf("%s BETWEEN %s AND %s", unit, t.bound(f, f.Start, items), t.bound(f, f.End, items))
}

// bound is a boundary of a frame.
func (t *translator) bound(f *resolved.Frame, b *resolved.Bound, items []resolved.OrderItem) string {
	switch b.Kind {
	case resolved.UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case resolved.UnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	case resolved.OffsetPreceding:
		return t.offset(f, b, items) + " PRECEDING"
	case resolved.OffsetFollowing:
		return t.offset(f, b, items) + " FOLLOWING"
	default:
		return "CURRENT ROW"
	}
}

// offset is how far a bound is from the row. That of NUMERICs ends where the bound is beyond all of them.
func (t *translator) offset(f *resolved.Frame, b *resolved.Bound, items []resolved.OrderItem) string {
	x := t.expr(b.Offset)
	if !f.Range || len(items) != 1 {
		return x
	}
	of := items[0].Column.Type
	x = wide(x, of)
	if of.Kind != types.Numeric {
		return x
	}
	const beyond = "170000000000000000000000000000000000000" // of the last digit; a HUGEINT
	key := wide(t.column(items[0].Column), of)
	if (b.Kind == resolved.OffsetPreceding) != items[0].Descending {
		return fmt.Sprintf("CASE WHEN %[1]s < 0 THEN least(%[2]s, %[1]s + %[3]s) ELSE %[2]s END", key, x, beyond)
	}
	return fmt.Sprintf("CASE WHEN %[1]s > 0 THEN least(%[2]s, %[3]s - %[1]s) ELSE %[2]s END", key, x, beyond)
}
