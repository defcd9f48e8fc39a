package duck

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"cloud.google.com/go/civil"
	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// From turns what the DuckDB driver returns into a value of Rows.
func From(v any, t *types.Type) (any, error) {
	if v == nil {
		if t.Kind == types.Array {
			return []any{}, nil // BigQuery returns a NULL array as an empty one
		}
		return nil, nil
	}
	switch x := v.(type) {
	case time.Time:
		return fromTime(x.UTC(), t)
	case duckdb.Decimal:
		return decimalString(x), nil
	case duckdb.Interval:
		return types.IntervalValue{Months: int64(x.Months), Days: int64(x.Days), Micros: x.Micros}.String(), nil
	case []any:
		return fromList(x, t)
	case map[string]any:
		if t.Kind == types.Range {
			return fromRange(x, t)
		}
		return fromStruct(x, t)
	case []byte:
		switch t.Kind {
		case types.Bytes:
			return x, nil
		case types.BigNumeric:
			return types.BigText(x), nil
		}
		return string(x), nil
	case string:
		if t.Kind == types.Geography {
			return fromGeography(x)
		}
		return x, nil
	case int64, float64, bool:
		return x, nil
	default:
		return nil, fmt.Errorf("DuckDB returned a %T for a %s", v, t)
	}
}

func fromTime(x time.Time, t *types.Type) (any, error) {
	switch t.Kind {
	case types.Timestamp:
		return x, nil
	case types.Date:
		return civil.DateOf(x), nil
	case types.Time:
		return civil.TimeOf(x), nil
	case types.Datetime:
		return civil.DateTimeOf(x), nil
	default:
		return nil, fmt.Errorf("DuckDB returned a time for a %s", t)
	}
}

func fromList(x []any, t *types.Type) (any, error) {
	if t.Kind != types.Array {
		return nil, fmt.Errorf("DuckDB returned a list for a %s", t)
	}
	out := make([]any, len(x))
	for i, e := range x {
		v, err := From(e, t.Elem)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, errNullElement
		}
		out[i] = v
	}
	return out, nil
}

// errNullElement refuses a result that BigQuery can't represent.
var errNullElement = types.Errorf("Array cannot have a null element")

func fromStruct(x map[string]any, t *types.Type) (any, error) {
	if t.Kind != types.Struct {
		return nil, fmt.Errorf("DuckDB returned a struct for a %s", t)
	}
	out := make([]any, len(t.Fields))
	for i, f := range t.Fields {
		v, err := From(x[t.Key(i)], f.Type)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func fromGeography(stored string) (any, error) {
	g, err := geography.Decode(stored)
	if err != nil {
		return nil, err
	}
	return g.Text(), nil
}

// toGeography reads WKT, WKB or GeoJSON. Polygons that aren't GeoJSON are on the left of their
// rings (https://cloud.google.com/bigquery/docs/geospatial-data#polygon_orientation).
func toGeography(text string) (any, error) {
	g, err := geography.FromAny(text, geography.Options{Oriented: true})
	if err != nil {
		return nil, types.Errorf("Invalid geography value: %w", err)
	}
	return g.Encode(), nil
}

// decimalString writes a NUMERIC as BigQuery does, without trailing zeros.
func decimalString(d duckdb.Decimal) string {
	digits := new(big.Int).Abs(d.Value).String()
	if scale := int(d.Scale); scale > 0 {
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
		digits = strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
	}
	if d.Value.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// To turns a value of Rows into what the DuckDB driver takes.
func To(v any, t *types.Type) (any, error) {
	if v == nil {
		if t.Kind == types.Array {
			return []any{}, nil
		}
		return nil, nil
	}
	switch t.Kind {
	case types.Int64:
		return unchanged[int64](v, t)
	case types.Float64:
		return unchanged[float64](v, t)
	case types.Bool:
		return unchanged[bool](v, t)
	case types.String:
		return unchanged[string](v, t)
	case types.Bytes:
		return unchanged[[]byte](v, t)
	case types.Geography, types.JSON, types.Numeric, types.BigNumeric:
		text, ok := v.(string)
		if !ok {
			return nil, mismatch(v, t)
		}
		return fromText(text, t)
	case types.Array:
		return toList(v, t)
	case types.Struct:
		return toStruct(v, t)
	case types.Range:
		return toRange(v, t)
	case types.Interval:
		return nil, fmt.Errorf("values of type %s can't be passed in", t)
	default:
		return toTime(v, t)
	}
}

func mismatch(v any, t *types.Type) error { return fmt.Errorf("a %T is no %s", v, t) }

// unchanged is a value that the driver takes as it is.
func unchanged[T any](v any, t *types.Type) (any, error) {
	if _, ok := v.(T); !ok {
		return nil, mismatch(v, t)
	}
	return v, nil
}

// fromText is a value that Rows have as a text.
func fromText(text string, t *types.Type) (any, error) {
	switch t.Kind {
	case types.Geography:
		return toGeography(text)
	case types.Numeric:
		return parseDecimal(text, t)
	case types.BigNumeric:
		return types.BigBytes(text)
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("%q is no valid JSON", text)
	}
	return text, nil
}

func toTime(v any, t *types.Type) (any, error) {
	switch x := v.(type) {
	case time.Time:
		if t.Kind == types.Timestamp {
			return x.UTC(), nil
		}
	case civil.Date:
		if t.Kind == types.Date {
			return x.In(time.UTC), nil
		}
	case civil.DateTime:
		if t.Kind == types.Datetime {
			return x.In(time.UTC), nil
		}
	case civil.Time:
		if t.Kind == types.Time {
			return time.Date(1, 1, 1, x.Hour, x.Minute, x.Second, x.Nanosecond, time.UTC), nil
		}
	}
	return nil, mismatch(v, t)
}

func toList(v any, t *types.Type) (any, error) {
	x, ok := v.([]any)
	if !ok {
		return nil, mismatch(v, t)
	}
	out := make([]any, len(x))
	for i, e := range x {
		if e == nil {
			return nil, fmt.Errorf("an array can't contain NULL")
		}
		d, err := To(e, t.Elem)
		if err != nil {
			return nil, err
		}
		out[i] = d
	}
	return out, nil
}

func toStruct(v any, t *types.Type) (any, error) {
	x, ok := v.([]any)
	if !ok || len(x) != len(t.Fields) {
		return nil, mismatch(v, t)
	}
	out := make(map[string]any, len(x))
	for i, f := range t.Fields {
		d, err := To(x[i], f.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		out[t.Key(i)] = d
	}
	return out, nil
}

// numericScale is how many digits after the point a NUMERIC keeps.
const numericScale = 9

// parseDecimal reads a NUMERIC, rounding half away from zero.
func parseDecimal(s string, t *types.Type) (any, error) {
	if n, ok := shortDecimal(s); ok {
		return duckdb.Decimal{Width: 38, Scale: numericScale, Value: big.NewInt(n)}, nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/_xXpP") {
		return nil, fmt.Errorf("invalid %s value: %s", t, s)
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(numericScale), nil)))
	n, _ := new(big.Int).SetString(r.FloatString(0), 10)
	if len(new(big.Int).Abs(n).String()) > 38 {
		return nil, fmt.Errorf("%s value out of range: %s", t, s)
	}
	return duckdb.Decimal{Width: 38, Scale: numericScale, Value: n}, nil
}

// shortDecimal is a number of at most nine digits before and after the point, in billionths; not ok for any other text.
func shortDecimal(s string) (billionths int64, ok bool) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > numericScale || len(fraction) > numericScale {
		return 0, false
	}
	for i := range len(whole) + numericScale {
		c := byte('0')
		if i < len(whole) {
			c = whole[i]
		} else if i-len(whole) < len(fraction) {
			c = fraction[i-len(whole)]
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		billionths = 10*billionths + int64(c-'0')
	}
	if negative {
		billionths = -billionths
	}
	return billionths, true
}
