package duck

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Nested is an ARRAY, STRUCT or RANGE as the JSON text that the translation casts to
// its type: the driver binds no NULL inside of one. A NUMERIC is text too: the
// driver binds none. v holds DuckDB's values.
func Nested(v any, t *types.Type) (any, error) {
	if d, ok := v.(duckdb.Decimal); ok {
		return decimalString(d), nil
	}
	if v == nil || t.Kind != types.Array && t.Kind != types.Struct && t.Kind != types.Range {
		return v, nil
	}
	plain, err := plainJSON(v, t)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("a parameter of type %s: %w", t, err)
	}
	return string(text), nil
}

// plainJSON gives each value the notation in which DuckDB casts it from JSON.
func plainJSON(v any, t *types.Type) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch t.Kind {
	case types.Array:
		list, ok := v.([]any)
		if !ok {
			return nil, mismatch(v, t)
		}
		out := make([]any, len(list))
		for i, e := range list {
			p, err := plainJSON(e, t.Elem)
			if err != nil {
				return nil, err
			}
			out[i] = p
		}
		return out, nil
	case types.Range:
		bounds, ok := v.(map[string]any)
		if !ok {
			return nil, mismatch(v, t)
		}
		return map[string]any{"start": plainScalar(bounds["start"], t.Elem), "end": plainScalar(bounds["end"], t.Elem)}, nil
	case types.Struct:
		fields, ok := v.(map[string]any)
		if !ok {
			return nil, mismatch(v, t)
		}
		out := make(map[string]any, len(fields))
		for i, f := range t.Fields {
			p, err := plainJSON(fields[t.Key(i)], f.Type)
			if err != nil {
				return nil, err
			}
			out[t.Key(i)] = p
		}
		return out, nil
	}
	return plainScalar(v, t), nil
}

func plainScalar(v any, t *types.Type) any {
	switch x := v.(type) {
	case []byte:
		var text strings.Builder
		for _, b := range x {
			fmt.Fprintf(&text, `\x%02X`, b)
		}
		return text.String()
	case time.Time:
		switch t.Kind {
		case types.Date:
			return x.Format("2006-01-02")
		case types.Time:
			return x.Format("15:04:05.999999")
		}
		return x.Format("2006-01-02 15:04:05.999999")
	case bool, int64, string:
		return x
	default: // a float may be no number, a decimal has digits
		return fmt.Sprint(x)
	}
}
