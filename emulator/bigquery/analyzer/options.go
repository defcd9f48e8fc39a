package analyzer

import (
	"strconv"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// options reads an OPTIONS list. A value that is no constant is a resolved.Expr.
func (c *converter) options(list []*gsql.ResolvedOption) map[string]any {
	if len(list) == 0 {
		return nil
	}
	m := map[string]any{}
	for _, o := range list {
		m[strings.ToLower(must(o.Name()))] = c.option(must(o.Value()))
	}
	return m
}

// constants reads an OPTIONS list whose values must be constants.
func (c *converter) constants(list []*gsql.ResolvedOption) map[string]any {
	m := map[string]any{}
	for _, o := range list {
		m[strings.ToLower(must(o.Name()))] = c.constant(must(o.Value()))
	}
	return m
}

func (c *converter) option(e gsql.ResolvedExprNode) (value any) {
	var err error
	defer func() {
		if err != nil {
			value = c.expr(e)
		}
	}()
	defer bqerror.Catch(&err)
	return c.constant(e)
}

// constant is the value of a constant expression of an OPTIONS list, which may be
// nested in casts, structs and arrays: a string, int64, float64, bool or []any, a
// TIMESTAMP as its microseconds, nil for NULL.
func (c *converter) constant(e gsql.ResolvedExprNode) any {
	switch x := e.(type) {
	case *gsql.ResolvedLiteral:
		return optionValue(must(x.Value()))
	case *gsql.ResolvedCast:
		return c.constant(must(x.Expr()))
	case *gsql.ResolvedMakeStruct:
		var list []any
		for _, f := range must(x.FieldList()) {
			list = append(list, c.constant(f))
		}
		return list
	case *gsql.ResolvedFunctionCall:
		if functionName(must(x.Function())) == "$make_array" {
			list := []any{}
			for _, a := range must(x.ArgumentList()) {
				list = append(list, c.constant(a))
			}
			return list
		}
	}
	bqerror.Refuse("an option whose value isn't a constant")
	return nil
}

// optionValue is a literal as the value of an option.
func optionValue(v *gsql.Value) any {
	if must(v.IsNull()) {
		return nil
	}
	switch must(v.TypeKind()) {
	case gsql.TypeKindTypeInt64:
		return must(v.Int64Value())
	case gsql.TypeKindTypeDouble:
		return must(v.DoubleValue())
	case gsql.TypeKindTypeBool:
		return must(v.BoolValue())
	case gsql.TypeKindTypeString:
		return must(v.StringValue())
	case gsql.TypeKindTypeTimestamp:
		return must(v.ToUnixMicros())
	case gsql.TypeKindTypeNumeric:
		f, err := strconv.ParseFloat(must(must(v.NumericValue()).ToString()), 64)
		check(err)
		return f
	case gsql.TypeKindTypeArray:
		return optionValues(must(v.Elements()))
	case gsql.TypeKindTypeStruct:
		return optionValues(must(v.Fields()))
	}
	bqerror.Refuse("an option of this type")
	return nil
}

func optionValues(list []*gsql.Value) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = optionValue(v)
	}
	return out
}
