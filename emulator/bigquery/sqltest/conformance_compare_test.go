package sqltest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/civil"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// anything matches every value.
const anything = "<*>"

// compareError says how an error differs from the one expected; "" for not.
func (c *testCase) compareError(err error) string {
	want := c.expected.Error
	be, ok := err.(*engine.Error)
	if !ok {
		return fmt.Sprintf("error %v is none of BigQuery's", err)
	}
	if be.Reason != want.Reason || be.Code != want.HTTPStatus {
		return fmt.Sprintf("error %d %s, want %d %s (%s)", be.Code, be.Reason, want.HTTPStatus, want.Reason, be.Message)
	}
	if want.Location != nil && be.Location != *want.Location {
		return fmt.Sprintf("error at %q, want %q", be.Location, *want.Location)
	}
	pattern, err := regexp.Compile(strings.NewReplacer("\\\n", "\n", `\ `, " ", `\:`, ":").Replace(want.Pattern))
	if err != nil {
		return fmt.Sprintf("pattern of the case: %v", err)
	}
	if !pattern.MatchString(be.Message) {
		return fmt.Sprintf("message %q doesn't match %q", be.Message, want.Pattern)
	}
	return ""
}

// compareResult says how a result differs from the one expected.
func (c *testCase) compareResult(res *engine.Result, dryRun bool) string {
	if diff := c.compareMetadata(res); diff != "" {
		return diff
	}
	if res.Rows == nil {
		if diff := compareSchema(res.Made, c.expected.Schema); diff != "" && len(c.expected.Schema) > 0 {
			return diff
		}
		if len(c.expected.Rows) > 0 {
			return fmt.Sprintf("no rows, want %v", c.expected.Rows)
		}
		return ""
	}
	if diff := compareSchema(res.Rows.Schema, c.expected.Schema); diff != "" {
		return diff
	}
	if dryRun {
		return ""
	}
	var got []map[string]any
	for _, row := range res.Rows.Values {
		got = append(got, jsonRow(res.Rows.Schema, row))
	}
	want := c.expected.Rows
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows %v, want %d %v", len(got), got, len(want), want)
	}
	if !strings.Contains(strings.ToUpper(c.query), "ORDER BY") {
		byText := func(a, b map[string]any) int { return strings.Compare(sortKey(a), sortKey(b)) }
		slices.SortStableFunc(got, byText)
		want = slices.Clone(want)
		slices.SortStableFunc(want, byText)
	}
	for i := range want {
		for _, f := range res.Rows.Schema {
			if !equal(got[i][f.Name], want[i][f.Name], f) {
				return fmt.Sprintf("row %d: %s = %v, want %v", i, f.Name, show(got[i][f.Name]), show(want[i][f.Name]))
			}
		}
	}
	return ""
}

func sortKey(row map[string]any) string {
	b, err := json.Marshal(row)
	if err != nil {
		return fmt.Sprint(row)
	}
	return string(b)
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// compareMetadata compares what the engine knows of a job.
func (c *testCase) compareMetadata(res *engine.Result) string {
	for key, want := range c.expected.JobMetadata {
		var got any
		switch key {
		case "statement_type":
			got = res.StatementType
		case "num_dml_affected_rows":
			if res.DML != nil {
				got = float64(res.DML.InsertedRowCount + res.DML.UpdatedRowCount + res.DML.DeletedRowCount)
			}
		case "ddl_operation_performed":
			got = res.DDLOperation
		default:
			continue // the wire's
		}
		if want != anything && want != nil && got != want {
			return fmt.Sprintf("%s = %v, want %v", key, got, want)
		}
	}
	return ""
}

func compareSchema(got, want []*bqv2.TableFieldSchema) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d columns, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if w.Name != anything && g.Name != w.Name || g.Type != w.Type || w.Mode != "" && g.Mode != w.Mode {
			return fmt.Sprintf("column %d is %s %s %s, want %s %s %s", i, g.Name, g.Type, g.Mode, w.Name, w.Type, w.Mode)
		}
		if diff := compareSchema(g.Fields, w.Fields); diff != "" {
			return g.Name + ": " + diff
		}
	}
	return ""
}

// jsonRow is a row as the cases write it.
func jsonRow(schema []*bqv2.TableFieldSchema, row []any) map[string]any {
	out := map[string]any{}
	for i, f := range schema {
		out[f.Name] = jsonValue(row[i], f)
	}
	return out
}

func jsonValue(v any, f *bqv2.TableFieldSchema) any {
	switch x := v.(type) {
	case []any:
		if f.Mode == "REPEATED" {
			element := *f
			element.Mode = "NULLABLE"
			list := make([]any, len(x))
			for i, e := range x {
				list[i] = jsonValue(e, &element)
			}
			return list
		}
		return jsonRow(f.Fields, x)
	case types.RangeValue:
		element := &bqv2.TableFieldSchema{Type: f.RangeElementType.Type}
		return map[string]any{"start": jsonValue(x.Start, element), "end": jsonValue(x.End, element)}
	case []byte:
		return base64.StdEncoding.EncodeToString(x)
	case time.Time:
		return x.Format("2006-01-02T15:04:05.999999-07:00")
	case civil.DateTime, civil.Date, civil.Time:
		return fmt.Sprint(x)
	case int64:
		return json.Number(fmt.Sprint(x))
	default:
		return v
	}
}

// equal compares a value with that of a case by the type of its column.
func equal(got, want any, f *bqv2.TableFieldSchema) bool {
	if want == anything {
		return true
	}
	if got == nil || want == nil {
		return got == want
	}
	if list, ok := got.([]any); ok {
		other, ok := want.([]any)
		if !ok || len(list) != len(other) {
			return false
		}
		element := *f
		element.Mode = "NULLABLE"
		for i := range list {
			if !equal(list[i], other[i], &element) {
				return false
			}
		}
		return true
	}
	switch f.Type {
	case "RECORD":
		return equalRecords(got, want, f)
	case "FLOAT":
		return equalFloats(number(got), number(want))
	case "NUMERIC", "BIGNUMERIC":
		a, ok := new(big.Rat).SetString(fmt.Sprint(got))
		b, ok2 := new(big.Rat).SetString(fmt.Sprint(want))
		return ok && ok2 && a.Cmp(b) == 0
	case "JSON":
		return equalJSON(got, want)
	case "INTEGER":
		w := fmt.Sprint(want)
		if x, ok := want.(float64); ok {
			return number(got) == x
		}
		return fmt.Sprint(got) == w
	case "TIMESTAMP", "DATETIME", "TIME":
		return instant(fmt.Sprint(got)) == instant(fmt.Sprint(want))
	default:
		return reflect.DeepEqual(got, want)
	}
}

func equalRecords(got, want any, f *bqv2.TableFieldSchema) bool {
	g, ok := got.(map[string]any)
	w, ok2 := want.(map[string]any)
	if !ok || !ok2 {
		return false
	}
	for _, sub := range f.Fields {
		if !equal(g[sub.Name], w[sub.Name], sub) {
			return false
		}
	}
	return true
}

// equalJSON compares JSON texts by their values.
func equalJSON(got, want any) bool {
	var a, b any
	text, ok := want.(string)
	if !ok {
		text = show(want)
	}
	if json.Unmarshal([]byte(fmt.Sprint(got)), &a) != nil || json.Unmarshal([]byte(text), &b) != nil {
		return fmt.Sprint(got) == text
	}
	return reflect.DeepEqual(a, b)
}

// instant removes what different notations of one time add.
func instant(s string) string {
	s = strings.Replace(strings.TrimSuffix(s, "+00:00"), " ", "T", 1)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func number(v any) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case json.Number:
		f, err := x.Float64()
		if err != nil {
			return math.NaN()
		}
		return f
	case string:
		switch strings.ToLower(strings.TrimPrefix(x, "+")) {
		case "inf", "infinity":
			return math.Inf(1)
		case "-inf", "-infinity":
			return math.Inf(-1)
		}
	}
	return math.NaN()
}

// equalFloats compares to a relative 1e-9.
func equalFloats(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return a == b || math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b))
}
