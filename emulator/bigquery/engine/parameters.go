package engine

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// parameters are the query parameters of a job.
type parameters struct {
	positional bool
	types      []resolved.Variable
	values     []any // for DuckDB
	key        string
}

func readParameters(q *Query) (*parameters, error) {
	p := &parameters{positional: strings.EqualFold(q.ParameterMode, "POSITIONAL")}
	if q.ParameterMode == "" && len(q.Parameters) > 0 && q.Parameters[0].Name == "" {
		p.positional = true
	}
	var key strings.Builder
	fmt.Fprint(&key, p.positional)
	for _, qp := range q.Parameters {
		t, err := types.FromParameter(qp.ParameterType)
		if err != nil {
			return nil, bqerror.Invalid("Query parameter %q: %v", qp.Name, err)
		}
		v, err := parameterValue(qp.ParameterValue, t)
		if err != nil {
			return nil, bqerror.Invalid("Query parameter %q: %v", qp.Name, err)
		}
		p.types = append(p.types, resolved.Variable{Name: strings.ToLower(qp.Name), Type: t})
		p.values = append(p.values, v)
		fmt.Fprintf(&key, " %s %s", strings.ToLower(qp.Name), t)
	}
	p.key = key.String()
	return p, nil
}

// value finds the value of a parameter that a plan needs.
func (p *parameters) value(want translate.Parameter) (any, error) {
	if want.Position > 0 {
		if want.Position > len(p.values) {
			return nil, bqerror.Query("Query parameter number %d is not defined", want.Position)
		}
		return p.values[want.Position-1], nil
	}
	for i, t := range p.types {
		if t.Name == want.Name {
			return p.values[i], nil
		}
	}
	return nil, bqerror.Query("Query parameter '%s' not found", want.Name)
}

// parameterValue reads the value of a parameter for DuckDB.
func parameterValue(v *bqv2.QueryParameterValue, t *types.Type) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch t.Kind {
	case types.Array:
		out := make([]any, len(v.ArrayValues))
		for i, e := range v.ArrayValues {
			x, err := parameterValue(e, t.Elem)
			if err != nil {
				return nil, err
			}
			out[i] = x
		}
		return out, nil
	case types.Struct:
		out := make(map[string]any, len(t.Fields))
		for i, f := range t.Fields {
			field := v.StructValues[f.Name]
			x, err := parameterValue(&field, f.Type)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			out[t.Key(i)] = x
		}
		return out, nil
	}
	if t.Kind == types.Range && v.RangeValue != nil {
		return rangeParameter(v.RangeValue, t)
	}
	if isNullValue(v) {
		return nil, nil
	}
	x, err := parseScalar(v.Value, t)
	if err != nil {
		return nil, err
	}
	return duck.To(x, t)
}

// rangeParameter reads a RANGE for DuckDB.
func rangeParameter(v *bqv2.RangeValue, t *types.Type) (any, error) {
	var r types.RangeValue
	for _, bound := range []struct {
		at    *any
		value *bqv2.QueryParameterValue
	}{{&r.Start, v.Start}, {&r.End, v.End}} {
		if bound.value == nil || isNullValue(bound.value) {
			continue
		}
		x, err := parseScalar(bound.value.Value, t.Elem)
		if err != nil {
			return nil, err
		}
		*bound.at = x
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	return duck.To(r, t)
}

// isNullValue tells NULL from an empty value: clients leave the value out, or
// name it in NullFields.
func isNullValue(v *bqv2.QueryParameterValue) bool {
	if v.Value != "" {
		return false
	}
	for _, f := range v.NullFields {
		if f == "Value" {
			return true
		}
	}
	for _, f := range v.ForceSendFields {
		if f == "Value" {
			return false
		}
	}
	return true
}

// parseScalar reads a value as REST sends it.
func parseScalar(s string, t *types.Type) (any, error) {
	switch t.Kind {
	case types.Int64:
		n, err := strconv.ParseInt(s, 10, 64)
		return valid(n, err, t.Kind, s)
	case types.Float64:
		return parseFloat(s)
	case types.Bool:
		b, err := strconv.ParseBool(strings.ToLower(s))
		return valid(b, err, t.Kind, s)
	case types.Bytes:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("invalid BYTES value %q: not base64", s)
		}
		return b, nil
	case types.Date:
		d, err := civil.ParseDate(s)
		return valid(d, err, t.Kind, s)
	case types.Time:
		c, err := civil.ParseTime(s)
		return valid(c, err, t.Kind, s)
	case types.Datetime:
		d, err := civil.ParseDateTime(strings.Replace(s, " ", "T", 1))
		return valid(d, err, t.Kind, s)
	case types.Timestamp:
		return parseTimestamp(s)
	case types.Range:
		return t.Parse(s)
	default:
		return s, nil
	}
}

func parseFloat(s string) (any, error) {
	switch strings.ToLower(s) {
	case "nan":
		return math.NaN(), nil
	case "inf", "+inf", "infinity":
		return math.Inf(1), nil
	case "-inf", "-infinity":
		return math.Inf(-1), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return valid(f, err, types.Float64, s)
}

// valid is what a text was read as; an error says that it is no value of a type.
func valid(v any, err error, k types.Kind, s string) (any, error) {
	if err != nil {
		return nil, fmt.Errorf("invalid %s value %q", k, s)
	}
	return v, nil
}

// timestampLayouts are the notations of TIMESTAMP that clients send.
var timestampLayouts = []string{
	"2006-01-02 15:04:05.999999Z07:00", "2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999 MST",
	"2006-01-02 15:04:05.999999", "2006-01-02",
}

func parseTimestamp(s string) (any, error) {
	text := strings.TrimSpace(strings.TrimSuffix(s, "UTC"))
	text = strings.Replace(text, "T", " ", 1)
	for _, layout := range timestampLayouts {
		if ts, err := time.Parse(layout, text); err == nil {
			return ts.UTC(), nil
		}
	}
	return nil, fmt.Errorf("invalid TIMESTAMP value %q", s)
}
