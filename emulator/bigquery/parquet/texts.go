package parquet

import "github.com/tallystream/tallystream/emulator/bigquery/types"

// readAs is the type that DuckDB reads a column of type t with. Tables hold a BIGNUMERIC and a
// GEOGRAPHY in a form of their own, which is made of their texts when rows are written.
func readAs(t *types.Type) *types.Type {
	switch t.Kind {
	case types.BigNumeric, types.Geography:
		return types.Of(types.String)
	case types.Array:
		return types.ArrayOf(readAs(t.Elem))
	case types.Struct:
		out := &types.Type{Kind: types.Struct, Fields: make([]types.Field, len(t.Fields))}
		for i, f := range t.Fields {
			f.Type = readAs(f.Type)
			out.Fields[i] = f
		}
		return out
	}
	return t
}

// shorten writes the BIGNUMERICs of a value without trailing zeros, in place where it is an ARRAY
// or a STRUCT.
func shorten(v any, t *types.Type) (any, error) {
	var err error
	switch x := v.(type) {
	case string:
		if t.Kind != types.BigNumeric {
			return v, nil
		}
		b, err := types.BigBytes(x)
		if err != nil {
			return nil, err
		}
		return types.BigText(b), nil
	case []any:
		for i := range x {
			of := t.Elem
			if t.Kind == types.Struct {
				of = t.Fields[i].Type
			}
			if x[i], err = shorten(x[i], of); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
