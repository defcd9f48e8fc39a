package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// collationAnnotation is the number of the annotation of a type that is its collation.
const collationAnnotation = 1

// annotated is a type with the collations that the analyzer has found out.
func annotated(t *types.Type, m *gsql.AnnotationMap) *types.Type {
	if m == nil || must(m.Empty()) {
		return t
	}
	switch t.Kind {
	case types.String:
		if v := must(m.GetAnnotation(collationAnnotation)); v != nil && must(v.HasStringValue()) {
			return types.Collated(t, collationNamed(must(v.StringValue())))
		}
	case types.Array:
		if elements := must(m.AsArrayMap()); elements != nil {
			return types.ArrayOf(annotated(t.Elem, must(elements.Element())))
		}
	case types.Struct:
		out := types.Of(types.Struct)
		if fields := must(m.AsStructMap()); fields != nil {
			for i, f := range t.Fields {
				f.Type = annotated(f.Type, must(fields.Field(int32(i))))
				out.Fields = append(out.Fields, f)
			}
			return out
		}
	}
	return t
}

// collationNamed checks the name of a collation.
func collationNamed(name string) string {
	switch name {
	case types.CaseInsensitive:
		return name
	case "", "binary":
		return ""
	}
	bqerror.Throw(bqerror.Query("Invalid collation: %s. The only collation is '%s'; '' and 'binary' are none", name, types.CaseInsensitive))
	return ""
}

// collationOf is the collation that a COLLATE clause names, "" for none.
func (c *converter) collationOf(name gsql.ResolvedExprNode) string {
	if name == nil {
		return ""
	}
	if l, ok := c.expr(name).(*resolved.Literal); ok {
		if text, ok := l.Value.(string); ok {
			return collationNamed(text)
		}
	}
	bqerror.Refuse("COLLATE with a name that isn't a literal")
	return ""
}

// operationCollation is the collation that a call compares texts by.
func operationCollation(list []*gsql.ResolvedCollation) string {
	for _, l := range list {
		if must(l.HasCollation()) {
			return collationNamed(must(l.CollationName()))
		}
	}
	return ""
}

// The binding can't tell the analyzer of columns of tables with a collation. What the analyzer would make of
// them is found out here: the result of a call has the collation of its arguments, and so have a column that an
// expression makes, a subquery and a set operation.

// collated notes that the texts of a column are compared like those of a type.
func collated(column *resolved.Column, like *types.Type) {
	if like != nil && like.Kind == types.String && like.Collation != "" {
		column.Type = types.Collated(column.Type, like.Collation)
	}
}

// collatedLike is collated of columns by their positions.
func collatedLike(columns, like []*resolved.Column) {
	for i, c := range columns {
		if i < len(like) {
			collated(c, like[i].Type)
		}
	}
}

// comparers are the functions that compare texts, for which it counts how; so do all aggregate functions with
// DISTINCT.
var comparers = map[string]bool{
	"$equal": true, "$not_equal": true, "$less": true, "$less_or_equal": true, "$greater": true, "$greater_or_equal": true, "$between": true,
	"$in": true, "$in_array": true, "$is_distinct_from": true, "$is_not_distinct_from": true, "$case_with_value": true, "nullif": true,
	"greatest": true, "least": true, "$like": true, "$like_any": true, "$like_all": true, "$not_like_any": true, "$not_like_all": true,
	"$like_any_array": true, "$like_all_array": true, "$not_like_any_array": true, "$not_like_all_array": true,
	"starts_with": true, "ends_with": true, "strpos": true, "instr": true, "replace": true, "split": true, "min": true, "max": true,
	"approx_count_distinct": true, "approx_top_count": true, "approx_top_sum": true, "approx_quantiles": true, "percentile_disc": true,
	"array_includes": true, "min_by": true, "max_by": true,
}

// collate gives a call the collation of its arguments, and its result.
func collate(call *resolved.Call, distinct bool) {
	for _, a := range call.Args {
		t := a.Type()
		if t == nil || t.Kind != types.String || t.Collation == "" {
			continue
		}
		if comparers[call.Function] || distinct {
			call.Collation = t.Collation
		}
		if call.Function != "collate" {
			call.Of = types.Collated(call.Of, t.Collation)
		}
		return
	}
}

// structOf is the type of a STRUCT with the collations of its fields.
func structOf(t *types.Type, fields []resolved.Expr) *types.Type {
	out := &types.Type{Kind: types.Struct}
	for i, f := range t.Fields {
		if i < len(fields) && fields[i].Type() != nil {
			f.Type = types.Collated(f.Type, fields[i].Type().Collation)
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// collateSubquery gives a subquery the collation of its column, and what is compared with it.
func (c *converter) collateSubquery(q *resolved.Subquery) {
	if q.Scan == nil || len(q.Scan.Columns()) == 0 {
		return
	}
	column := q.Scan.Columns()[0].Type
	if q.Kind == resolved.ScalarSubquery && column.Kind == types.String {
		q.Of = types.Collated(q.Of, column.Collation)
	}
	for _, t := range []*types.Type{column, typeOfExpr(q.In)} {
		if q.In != nil && t != nil && t.Kind == types.String && t.Collation != "" {
			q.Collation = t.Collation
		}
	}
}

func typeOfExpr(e resolved.Expr) *types.Type {
	if e == nil {
		return nil
	}
	return e.Type()
}

// collatedCall gives the column of a call the collation of its result.
func collatedCall(c resolved.ComputedCall) {
	if c.Call != nil {
		collated(c.Column, c.Call.Type())
	}
}
