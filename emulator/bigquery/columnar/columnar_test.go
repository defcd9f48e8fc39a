package columnar

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// values has one value of each scalar type, as Rows have it, and what readers of Avro and Arrow make of what is written.
var values = []struct {
	kind  types.Kind
	value any
	avro  any
	arrow string
}{
	{types.Int64, int64(math.MinInt64), int64(math.MinInt64), "-9223372036854775808"},
	{types.Float64, 0.1, 0.1, "0.1"},
	{types.Bool, true, true, "true"},
	{types.String, "Zoë", "Zoë", "Zoë"},
	{types.Bytes, []byte{0, 255}, []byte{0, 255}, "AP8="},
	{types.Date, civil.Date{Year: 1969, Month: 12, Day: 31}, time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), "1969-12-31"},
	{types.Time, civil.Time{Hour: 23, Minute: 59, Second: 59, Nanosecond: 999_999_000}, 24*time.Hour - time.Microsecond, "23:59:59.999999"},
	{types.Datetime, civil.DateTime{Date: civil.Date{Year: 2026, Month: 11, Day: 3}, Time: civil.Time{Hour: 8, Nanosecond: 1000}}, "2026-11-03T08:00:00.000001", "2026-11-03T08:00:00.000001Z"},
	{types.Timestamp, time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), "0001-01-01T00:00:00.000001Z"},
	{types.Numeric, "-0.000000001", big.NewRat(-1, 1_000_000_000), "-1e-09"},
	{types.BigNumeric, "12345678901234567890.5", rat("12345678901234567890.5"), "12345678901234567890.5"},
	{types.JSON, `{"a":1}`, `{"a":1}`, `{"a":1}`},
	{types.Geography, "POINT(1 2)", "POINT(1 2)", "POINT(1 2)"},
	{types.Interval, "-1-2 3 -4:5:6.789", "-1-2 3 -4:5:6.789", `{"months":-14,"days":3,"nanoseconds":-14706789000000}`},
}

func rat(s string) *big.Rat {
	r, _ := new(big.Rat).SetString(s)
	return r
}

func TestEveryKindIsTried(t *testing.T) {
	tried := map[types.Kind]bool{types.Array: true, types.Struct: true, types.Range: true} // a RANGE is refused
	for _, v := range values {
		tried[v.kind] = true
	}
	for _, k := range types.Kinds() {
		if !tried[k] {
			t.Errorf("no value of type %s is written", k)
		}
	}
}

func TestRangeIsRefused(t *testing.T) {
	c := []Column{{Field: types.Field{Name: "x", Type: types.RangeOf(types.Of(types.Date))}}}
	const want = "field x: the type RANGE<DATE> is not supported by the emulator in this format"
	if _, err := AvroSchema("root", c, true); err == nil || err.Error() != want {
		t.Errorf("Avro: error = %v, want %s", err, want)
	}
	if _, err := ArrowSchema(c); err == nil || err.Error() != want {
		t.Errorf("Arrow: error = %v, want %s", err, want)
	}
}

// one is a required column of a kind.
func one(k types.Kind) []Column {
	return []Column{{Field: types.Field{Name: "x", Type: types.Of(k), Required: true}}}
}

func TestAvroValues(t *testing.T) {
	for _, v := range values {
		got := readAvro(t, one(v.kind), [][]any{{v.value}})[0]["x"]
		if !cmp.Equal(got, v.avro, cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })) {
			t.Errorf("%s: got %#v, want %#v", v.kind, got, v.avro)
		}
	}
}

// readAvro writes rows and reads them with a library's decoder.
func readAvro(t *testing.T, columns []Column, rows [][]any) []map[string]any {
	t.Helper()
	text, err := AvroSchema("root", columns, true)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := avro.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var data bytes.Buffer
	w := avro.NewWriter(&data, 512)
	for _, row := range rows {
		if err := WriteAvro(w, columns, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	d := avro.NewDecoderForSchema(schema, &data)
	var out []map[string]any
	for range rows {
		var row map[string]any
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

func TestArrowValues(t *testing.T) {
	for _, v := range values {
		if got := batch(t, one(v.kind), [][]any{{v.value}}).Column(0).ValueStr(0); got != v.arrow {
			t.Errorf("%s: got %s, want %s", v.kind, got, v.arrow)
		}
	}
}

func batch(t *testing.T, columns []Column, rows [][]any) arrow.RecordBatch {
	t.Helper()
	schema, err := ArrowSchema(columns)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ArrowBatch(schema, columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Release)
	return b
}

// rowsOfNested are two rows of nested, one with NULLs in it.
var rowsOfNested = [][]any{
	{int64(1), []any{int64(10), nil}, []any{[]any{int64(1), []any{"Ann", "X"}}, []any{int64(2), nil}}},
	{int64(2), nil, nil},
}

func TestAvroNested(t *testing.T) {
	columns, _ := Select(nested(), nil)
	got, err := json.Marshal(readAvro(t, columns, rowsOfNested))
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"id":1,"marks":[{"Who":{"__s_2":{"name":"Ann","party":"X"}},"rank":1},{"Who":null,"rank":2}],"point":{"__s_0":{"x":10,"y":null}}},` +
		`{"id":2,"marks":[],"point":null}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestArrowNested(t *testing.T) {
	columns, _ := Select(nested(), []string{"point.y", "marks.who.party", "id"})
	got, err := batch(t, columns, rowsOfNested).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"id":1,"marks":[{"Who":{"party":"X"}},{"Who":null}],"point":{"y":null}},{"id":2,"marks":[],"point":null}]`
	if diff := cmp.Diff(want, strings.ReplaceAll(strings.TrimSpace(string(got)), "\n", "")); diff != "" {
		t.Error(diff)
	}
}

func TestTwosComplement(t *testing.T) {
	for n, want := range map[int64][]byte{
		0: {0}, 1: {1}, 127: {127}, 128: {0, 128}, 255: {0, 255}, 256: {1, 0}, -1: {255}, -128: {128}, -129: {255, 127}, -256: {255, 0},
	} {
		if got := twosComplement(big.NewInt(n)); !bytes.Equal(got, want) {
			t.Errorf("%d: got % x, want % x", n, got, want)
		}
	}
}
