package functions

import (
	"database/sql/driver"
	"encoding/json"
	"math"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// lax converts where it can; what it can't is NULL.
func lax(name string, result duckdb.Type, convert func(v any) any) scalar {
	return scalar{name: name, args: []duckdb.Type{text}, result: result, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, err
		}
		return convert(v), nil
	}}
}

func laxBool(v any) any {
	switch x := v.(type) {
	case bool:
		return x
	case string:
		switch strings.ToLower(x) {
		case "true":
			return true
		case "false":
			return false
		}
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f != 0
		}
	}
	return nil
}

func laxInt(v any) any {
	switch x := v.(type) {
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	case string:
		v = json.Number(strings.TrimSpace(x))
	}
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if r := math.Round(f); err == nil && math.Abs(r) < 1<<63 {
		return int64(r)
	}
	return nil
}

func laxFloat(v any) any {
	switch x := v.(type) {
	case string:
		if f, err := parseFloat(x); err == nil {
			return f
		}
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f
		}
	}
	return nil
}

func laxString(v any) any { return scalarText(v) }
