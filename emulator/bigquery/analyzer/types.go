package analyzer

import (
	"fmt"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// typeNode is the analyzer's form of a type. Types live as long as their
// factory, so each is made once.
func (a *engine) typeNode(t *types.Type) gsql.Googlesql_TypeNode {
	key := t.String()
	if node := a.known[key]; node != nil {
		return node
	}
	node := a.newTypeNode(t)
	a.known[key] = node
	return node
}

func (a *engine) newTypeNode(t *types.Type) gsql.Googlesql_TypeNode {
	switch t.Kind {
	case types.Array:
		return must(a.types.MakeArrayType(a.typeNode(t.Elem)))
	case types.Range:
		return must(a.types.MakeRangeType2(a.typeNode(t.Elem)))
	case types.Struct:
		fields := make([]*gsql.StructField, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = &gsql.StructField{Name: f.Name, Type_: a.typeNode(f.Type)}
		}
		return must(a.types.MakeStructType(fields))
	default:
		kind, ok := typeKinds[t.Kind]
		if !ok {
			bqerror.Throw(fmt.Errorf("type %s has no counterpart in the analyzer", t))
		}
		return must(a.types.MakeSimpleType(kind))
	}
}

// typeKinds are the analyzer's kinds of simple types.
var typeKinds = map[types.Kind]gsql.TypeKind{
	types.Int64:      gsql.TypeKindTypeInt64,
	types.Float64:    gsql.TypeKindTypeDouble,
	types.Bool:       gsql.TypeKindTypeBool,
	types.String:     gsql.TypeKindTypeString,
	types.Bytes:      gsql.TypeKindTypeBytes,
	types.Date:       gsql.TypeKindTypeDate,
	types.Time:       gsql.TypeKindTypeTime,
	types.Datetime:   gsql.TypeKindTypeDatetime,
	types.Timestamp:  gsql.TypeKindTypeTimestamp,
	types.Numeric:    gsql.TypeKindTypeNumeric,
	types.BigNumeric: gsql.TypeKindTypeBignumeric,
	types.JSON:       gsql.TypeKindTypeJson,
	types.Interval:   gsql.TypeKindTypeInterval,
	types.Geography:  gsql.TypeKindTypeGeography,
}

// kindsOf inverts typeKinds.
var kindsOf = func() map[gsql.TypeKind]types.Kind {
	m := map[gsql.TypeKind]types.Kind{}
	for k, n := range typeKinds {
		m[n] = k
	}
	return m
}()

// typeOf reads a type of the analyzer.
func typeOf(node gsql.Googlesql_TypeNode) *types.Type {
	kind := must(node.Kind())
	switch kind {
	case gsql.TypeKindTypeArray:
		return types.ArrayOf(typeOf(must(must(node.AsArray()).ElementType())))
	case gsql.TypeKindTypeRange:
		return types.RangeOf(typeOf(must(must(node.AsRange()).ElementType())))
	case gsql.TypeKindTypeStruct:
		t := types.Of(types.Struct)
		for _, f := range must(must(node.AsStruct()).Fields()) {
			t.Fields = append(t.Fields, types.Field{Name: f.Name, Type: typeOf(f.Type_)})
		}
		return t
	case gsql.TypeKindTypeEnum, gsql.TypeKindTypeInt32:
		return types.Of(types.Int64) // date parts and JSON modes, only ever arguments
	}
	k, ok := kindsOf[kind]
	if !ok {
		bqerror.Refuse("type %s", must(node.DebugString(false)))
	}
	return types.Of(k)
}
