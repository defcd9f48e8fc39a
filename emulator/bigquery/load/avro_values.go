package load

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"
	"github.com/hamba/avro/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// avroRow converts a decoded record.
func avroRow(v any, r *avro.RecordSchema, fields []types.Field, ignoreUnknown bool) ([]any, error) {
	obj, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a record was read as %T", v)
	}
	index := types.Index(fields)
	row := make([]any, len(fields))
	for _, af := range r.Fields() {
		i, ok := index[strings.ToLower(columnName(af.Name()))]
		if !ok {
			if ignoreUnknown {
				continue
			}
			return nil, types.Errorf("The Avro field %s has no column in the table", af.Name())
		}
		var err error
		if row[i], err = avroValue(obj[af.Name()], af.Type(), &fields[i]); err != nil {
			return nil, fmt.Errorf("field %s: %w", fields[i].Name, err)
		}
	}
	for i, f := range fields {
		switch {
		case row[i] != nil:
		case f.Repeated():
			row[i] = []any{}
		case f.Required:
			return nil, fmt.Errorf("the required field %s is missing", f.Name)
		}
	}
	return row, nil
}

// unwrap takes the value out of the map that the decoder makes of a union's
// branch when the branch is no primitive type.
func unwrap(v any, s avro.Schema) any {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return v
	}
	key := string(s.Type())
	if n, ok := s.(avro.NamedSchema); ok {
		key = n.FullName()
	}
	if inner, ok := m[key]; ok {
		return inner
	}
	return v
}

func avroValue(v any, schema avro.Schema, f *types.Field) (any, error) {
	if v == nil {
		return nil, nil
	}
	s, union, _ := branch(schema)
	if union {
		v = unwrap(v, s)
	}
	switch x := s.(type) {
	case *avro.ArraySchema:
		return avroList(v, x, f)
	case *avro.MapSchema:
		return avroMap(v, x, f)
	case *avro.RecordSchema:
		if f.Scalar().Kind != types.Struct {
			return nil, fmt.Errorf("a record can't be loaded into a column of type %s", f.Scalar().Kind.Legacy())
		}
		return avroRow(v, x, f.Scalar().Fields, false)
	}
	return avroScalar(v, s, f.Scalar().Kind)
}

func avroList(v any, s *avro.ArraySchema, f *types.Field) (any, error) {
	list, ok := v.([]any)
	if !ok || !f.Repeated() {
		return nil, fmt.Errorf("an array can't be loaded into a column that is not repeated")
	}
	elem := *f
	elem.Type = f.Type.Elem
	out := make([]any, len(list))
	for i, e := range list {
		if e == nil {
			return nil, errors.New("an array can't have a NULL element")
		}
		var err error
		if out[i], err = avroValue(e, s.Items(), &elem); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// avroMap makes an array of key and value of a map.
func avroMap(v any, s *avro.MapSchema, f *types.Field) (any, error) {
	m, ok := v.(map[string]any)
	if !ok || !f.Repeated() || f.Scalar().Kind != types.Struct || len(f.Scalar().Fields) != 2 {
		return nil, errors.New("a map can only be loaded into a repeated record of key and value")
	}
	out := make([]any, 0, len(m))
	for key, e := range m {
		converted, err := avroValue(e, s.Values(), &f.Scalar().Fields[1])
		if err != nil {
			return nil, err
		}
		out = append(out, []any{key, converted})
	}
	return out, nil
}

// avroScalar converts a scalar to the column's kind.
func avroScalar(v any, s avro.Schema, k types.Kind) (any, error) {
	switch x := v.(type) {
	case int:
		return fromInt(int64(x), k)
	case int64:
		return fromInt(x, k)
	case float32:
		return fromFloat(float64(x), k)
	case float64:
		return fromFloat(x, k)
	case bool:
		if k == types.Bool {
			return x, nil
		}
	case string:
		return types.Parse(k, x)
	case []byte:
		if k == types.Bytes {
			return x, nil
		}
	case *big.Rat:
		return fromRat(x, k)
	case time.Time:
		return fromTime(x, s, k)
	case time.Duration:
		return fromDuration(x, s, k)
	default:
		if a := reflect.ValueOf(v); k == types.Bytes && a.Kind() == reflect.Array {
			b := make([]byte, a.Len())
			reflect.Copy(reflect.ValueOf(b), a)
			return b, nil
		}
	}
	return nil, fmt.Errorf("the Avro type %s can't be loaded into a column of type %s", s.Type(), k.Legacy())
}

func fromInt(n int64, k types.Kind) (any, error) {
	if k == types.Int64 {
		return n, nil
	}
	return types.Parse(k, strconv.FormatInt(n, 10))
}

func fromFloat(x float64, k types.Kind) (any, error) {
	if k == types.Float64 {
		return x, nil
	}
	return types.Parse(k, strconv.FormatFloat(x, 'f', -1, 64))
}

func fromRat(r *big.Rat, k types.Kind) (any, error) {
	switch k {
	case types.Float64:
		f, _ := r.Float64()
		return f, nil
	case types.Numeric, types.BigNumeric:
		return types.Parse(k, r.FloatString(38))
	}
	return nil, fmt.Errorf("a decimal can't be loaded into a column of type %s", k.Legacy())
}

// fromTime converts a date or timestamp; into an INTEGER column goes the number
// that stands in the file.
func fromTime(t time.Time, s avro.Schema, k types.Kind) (any, error) {
	logical := s.(avro.LogicalTypeSchema).Logical().Type()
	switch k {
	case types.Timestamp:
		return t.UTC(), nil
	case types.Date:
		return civil.DateOf(t), nil
	case types.Datetime:
		return civil.DateTimeOf(t), nil
	case types.Int64:
		wall := civil.DateTimeOf(t).In(time.UTC)
		switch logical {
		case avro.Date:
			return wall.Unix() / 86400, nil
		case avro.TimestampMillis, avro.LocalTimestampMillis:
			return wall.UnixMilli(), nil
		}
		return wall.UnixMicro(), nil
	}
	return nil, fmt.Errorf("the logical type %s can't be loaded into a column of type %s", logical, k.Legacy())
}

func fromDuration(d time.Duration, s avro.Schema, k types.Kind) (any, error) {
	switch k {
	case types.Time:
		return civil.TimeOf(time.Unix(0, 0).UTC().Add(d)), nil
	case types.Int64:
		if s.(avro.LogicalTypeSchema).Logical().Type() == avro.TimeMillis {
			return d.Milliseconds(), nil
		}
		return d.Microseconds(), nil
	}
	return nil, fmt.Errorf("a time of day can't be loaded into a column of type %s", k.Legacy())
}
