package export

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// writeCSV writes rows as RFC 4180 has them. NULL is nothing, and an empty text a pair of quotes.
func writeCSV(fields []types.Field, rows [][]any, o Options) ([]byte, error) {
	var out []byte
	for i := range fields {
		if fields[i].Repeated() || fields[i].Type.Kind == types.Struct {
			return nil, bqerror.Invalid("Operation cannot be performed on a nested schema. Field: %s", fields[i].Name)
		}
		if !o.NoHeader {
			out = cell(out, fields[i].Name, o.Delimiter, i)
		}
	}
	if !o.NoHeader {
		out = append(out, '\n')
	}
	for _, row := range rows {
		for i, v := range row {
			if v == nil {
				out = append(out, separator(o.Delimiter, i)...)
				continue
			}
			out = cell(out, text(v), o.Delimiter, i)
		}
		out = append(out, '\n')
	}
	return out, nil
}

func separator(delimiter string, i int) string {
	if i == 0 {
		return ""
	}
	return delimiter
}

func cell(out []byte, s, delimiter string, i int) []byte {
	out = append(out, separator(delimiter, i)...)
	if s != "" && !strings.Contains(s, delimiter) && !strings.ContainsAny(s, "\"\r\n") {
		return append(out, s...)
	}
	return append(out, `"`+strings.ReplaceAll(s, `"`, `""`)+`"`...)
}

// text is a scalar as CSV and JSON have it.
func text(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return number(x)
	case bool:
		return strconv.FormatBool(x)
	case []byte:
		return base64.StdEncoding.EncodeToString(x)
	case time.Time:
		return fraction(x.UTC().Format("2006-01-02 15:04:05"), x.Nanosecond()) + " UTC"
	case civil.Time:
		return fraction(fmt.Sprintf("%02d:%02d:%02d", x.Hour, x.Minute, x.Second), x.Nanosecond)
	case civil.DateTime:
		return x.Date.String() + "T" + text(x.Time)
	default: // civil.Date
		return fmt.Sprint(x)
	}
}

func fraction(s string, nanos int) string {
	if micros := nanos / 1000; micros != 0 {
		return s + strings.TrimRight(fmt.Sprintf(".%06d", micros), "0")
	}
	return s
}

// number is a FLOAT64 in the fewest digits that tell it from others.
func number(f float64) string {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case a == 0 || a >= 1e-4 && a < 1e15:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// writeJSON writes a line for each row. INT64 and NUMERIC are texts, to keep their digits; NULL is left out.
func writeJSON(fields []types.Field, rows [][]any) ([]byte, error) {
	var out []byte
	for _, row := range rows {
		out = append(object(out, fields, row), '\n')
	}
	return out, nil
}

func object(out []byte, fields []types.Field, row []any) []byte {
	out = append(out, '{')
	first := true
	for i := range fields {
		f := &fields[i]
		if row[i] == nil && !f.Repeated() {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(append(out, quoted(f.Name)...), ':')
		if !f.Repeated() {
			out = value(out, f, row[i])
			continue
		}
		out = append(out, '[')
		list, _ := row[i].([]any) // a NULL array reads as an empty one
		for n, e := range list {
			if n > 0 {
				out = append(out, ',')
			}
			out = value(out, f, e)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func value(out []byte, f *types.Field, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(out, "null"...)
	case []any:
		return object(out, f.Scalar().Fields, x)
	case bool:
		return strconv.AppendBool(out, x)
	case float64:
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			return append(out, number(x)...)
		}
	case string:
		if f.Scalar().Kind == types.JSON {
			return append(out, x...)
		}
	}
	return append(out, quoted(text(v))...)
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a text always has JSON
	return b
}
