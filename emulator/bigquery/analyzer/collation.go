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

// collatedColumn is a column of a table whose texts are compared by a collation.
func (l *lookup) collatedColumn(table string, c types.Field, pseudo, writable bool) *gsql.SimpleColumn {
	node := l.analyzer.typeNode(c.Type)
	collation := must(gsql.NewCollationMakeScalar(c.Type.Collation))
	annotation := must(l.analyzer.types.TakeOwnership(must(collation.ToAnnotationMap(node)), false))
	l.keep = append(l.keep, collation, annotation)
	return must(gsql.NewSimpleColumn2(table, c.Name, &gsql.AnnotatedType{AnnotationMap: annotation, Type_: node}, pseudo, writable))
}
