package javascript

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// exact is how large an integer JavaScript's numbers hold exactly. Larger ones are strings.
const exact = 1 << 53

// arguments reads a JSON list of values of types.
func (r *runtime) arguments(text string, list []*types.Type) ([]goja.Value, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var values []any
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("the arguments of a function in JavaScript: %w", err)
	}
	out := make([]goja.Value, len(values))
	for i, v := range values {
		var err error
		if out[i], err = r.value(v, list[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// value is a value of a type, as json has it, in JavaScript.
func (r *runtime) value(v any, t *types.Type) (goja.Value, error) {
	if v == nil {
		return goja.Null(), nil
	}
	switch t.Kind {
	case types.Array:
		list, _ := v.([]any)
		items := make([]any, len(list))
		for i, e := range list {
			item, err := r.value(e, t.Elem)
			if err != nil {
				return nil, err
			}
			items[i] = item
		}
		return r.NewArray(items...), nil
	case types.Struct:
		return r.object(v, t)
	case types.JSON:
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		parse, _ := goja.AssertFunction(r.GlobalObject().Get("JSON").ToObject(r.Runtime).Get("parse"))
		return parse(goja.Undefined(), r.ToValue(string(text)))
	case types.Date, types.Timestamp:
		text, _ := v.(string)
		at, err := time.Parse(map[types.Kind]string{types.Date: time.DateOnly, types.Timestamp: time.RFC3339Nano}[t.Kind], text)
		if err != nil {
			return nil, err
		}
		return r.New(r.Get("Date"), r.ToValue(at.UnixMilli()))
	case types.Float64, types.Int64, types.Numeric, types.BigNumeric:
		return r.number(fmt.Sprint(v), t)
	}
	return r.ToValue(v), nil
}

// object is a STRUCT; fields without a name can't be read.
func (r *runtime) object(v any, t *types.Type) (goja.Value, error) {
	fields, _ := v.(map[string]any)
	o := r.NewObject()
	for _, f := range t.Fields {
		x, err := r.value(fields[f.Name], f.Type)
		if err != nil {
			return nil, err
		}
		if err := o.Set(f.Name, x); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// number is a number, or a string where a number of JavaScript isn't exact.
func (r *runtime) number(text string, t *types.Type) (goja.Value, error) {
	if t.Kind == types.Float64 {
		switch text {
		case "Infinity", "-Infinity", "NaN":
		default:
			f, err := strconv.ParseFloat(text, 64)
			return r.ToValue(f), err
		}
		return r.RunString("(" + text + ")")
	}
	n, whole := new(big.Int).SetString(text, 10)
	if !whole || n.CmpAbs(big.NewInt(exact)) > 0 {
		return r.ToValue(text), nil
	}
	return r.ToValue(n.Int64()), nil
}

// text is a result as text from which DuckDB casts to the type: that of a scalar, or JSON.
func (r *runtime) text(v goja.Value, t *types.Type) (any, error) {
	plain, err := r.plain(v, t)
	if err != nil || plain == nil {
		return nil, err
	}
	if t.Kind != types.Array && t.Kind != types.Struct {
		return fmt.Sprint(plain), nil
	}
	text, err := json.Marshal(plain)
	return string(text), err
}

// plain is a result in the notation in which DuckDB casts it.
func (r *runtime) plain(v goja.Value, t *types.Type) (any, error) {
	if v == nil || goja.IsNull(v) || goja.IsUndefined(v) {
		return nil, nil
	}
	x := v.Export()
	switch t.Kind {
	case types.Array:
		return r.list(v, t)
	case types.Struct:
		return r.record(v, t)
	case types.String:
		return v.String(), nil
	case types.JSON:
		text, err := r.stringify(goja.Undefined(), v)
		if err != nil {
			return nil, err
		}
		return types.NormalJSON(text.String())
	case types.Bool:
		if b, ok := x.(bool); ok {
			return b, nil
		}
	case types.Int64:
		if n, ok := integer(x); ok {
			return json.Number(strconv.FormatInt(n, 10)), nil
		}
	case types.Float64:
		switch f := x.(type) {
		case int64:
			return strconv.FormatInt(f, 10), nil
		case float64:
			return strconv.FormatFloat(f, 'g', -1, 64), nil
		}
	case types.Numeric, types.BigNumeric:
		switch x.(type) {
		case int64, float64, string:
			if n, err := decimal(v.String(), t.Kind); err == nil {
				return n, nil
			}
		}
	case types.Bytes:
		if s, ok := x.(string); ok {
			if b, err := base64.StdEncoding.DecodeString(s); err == nil {
				return escaped(b), nil
			}
		}
	case types.Date, types.Timestamp:
		if at, ok := x.(time.Time); ok && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999 {
			return at.UTC().Format(map[types.Kind]string{types.Date: time.DateOnly, types.Timestamp: "2006-01-02 15:04:05.999999"}[t.Kind]), nil
		}
	}
	return nil, r.uncoerced(v, t)
}

// decimal is a NUMERIC or BIGNUMERIC in the notation of plain.
func decimal(text string, kind types.Kind) (any, error) {
	n, err := types.Parse(kind, text)
	if err != nil || kind == types.Numeric {
		return n, err
	}
	b, err := types.BigBytes(fmt.Sprint(n))
	return escaped(b), err
}

// uncoerced words the error of a result of another type.
func (r *runtime) uncoerced(v goja.Value, t *types.Type) error {
	shown := v.String()
	if text, err := r.stringify(goja.Undefined(), v); err == nil && !goja.IsUndefined(text) && shown != "NaN" {
		shown = text.String()
	}
	return types.Errorf("Failed to coerce output value %s to type %s", shown, t)
}

// integer is a whole number, or a string of one.
func integer(x any) (int64, bool) {
	switch n := x.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<63
	case string:
		i, err := strconv.ParseInt(n, 10, 64)
		return i, err == nil
	case *big.Int:
		return n.Int64(), n.IsInt64()
	}
	return 0, false
}

func (r *runtime) list(v goja.Value, t *types.Type) (any, error) {
	if _, ok := v.Export().([]any); !ok {
		return nil, r.uncoerced(v, t)
	}
	o := v.ToObject(r.Runtime)
	out := []any{}
	for i := range o.Get("length").ToInteger() {
		e, err := r.plain(o.Get(strconv.FormatInt(i, 10)), t.Elem)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (r *runtime) record(v goja.Value, t *types.Type) (any, error) {
	if _, ok := v.Export().(map[string]any); !ok {
		return nil, r.uncoerced(v, t)
	}
	o, out := v.ToObject(r.Runtime), map[string]any{}
	for i, f := range t.Fields {
		x, err := r.plain(o.Get(f.Name), f.Type)
		if err != nil {
			return nil, err
		}
		out[t.Key(i)] = x
	}
	return out, nil
}

// escaped is BYTES as DuckDB casts text to it.
func escaped(b []byte) string {
	var text strings.Builder
	for _, c := range b {
		fmt.Fprintf(&text, `\x%02X`, c)
	}
	return text.String()
}
