package ducksql

import (
	"math"
	"testing"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func TestLiteral(t *testing.T) {
	row := &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "a", Type: types.Of(types.Int64)}, {Type: types.Of(types.String)}}}
	for _, test := range []struct {
		value any
		typ   *types.Type
		want  string
	}{
		{nil, types.Of(types.Date), "CAST(NULL AS DATE)"},
		{int64(-1), types.Of(types.Int64), "CAST(-1 AS BIGINT)"},
		{math.Inf(-1), types.Of(types.Float64), "CAST('-inf' AS DOUBLE)"},
		{1.5, types.Of(types.Float64), "CAST(1.5e+00 AS DOUBLE)"},
		{true, types.Of(types.Bool), "CAST(true AS BOOLEAN)"},
		{"it's", types.Of(types.String), "CAST('it''s' AS VARCHAR)"},
		{"a\x00b", types.Of(types.String), "CAST(('a' || chr(0) || 'b') AS VARCHAR)"},
		{[]byte{0, 255}, types.Of(types.Bytes), "CAST(from_hex('00ff') AS BLOB)"},
		{"1.5", types.Of(types.Numeric), "CAST('1.5' AS DECIMAL(38,9))"},
		{"-1", types.Of(types.BigNumeric), "CAST(from_hex('7fffffffffffffffffffffffffffffffb4c4b357a5793b85f675ddc000000000') AS BLOB)"},
		{types.RangeValue{Start: civil.Date{Year: 2024, Month: 1, Day: 1}}, types.RangeOf(types.Of(types.Date)), `struct_pack("start" := CAST('2024-01-01' AS DATE), "end" := CAST('10000-01-01' AS DATE))`},
		{civil.Date{Year: 2024, Month: 2, Day: 29}, types.Of(types.Date), "CAST('2024-02-29' AS DATE)"},
		{civil.Time{Hour: 1, Nanosecond: 5000}, types.Of(types.Time), "CAST('01:00:00.000005' AS TIME)"},
		{civil.DateTime{Date: civil.Date{Year: 1, Month: 1, Day: 1}}, types.Of(types.Datetime), "CAST('0001-01-01 00:00:00.000000' AS TIMESTAMP)"},
		{time.UnixMicro(7), types.Of(types.Timestamp), "CAST(make_timestamp(7) AS TIMESTAMP)"},
		{types.IntervalValue{Months: 1, Days: 2, Micros: 3}, types.Of(types.Interval), "CAST((to_months(1) + to_days(2) + to_microseconds(3)) AS INTERVAL)"},
		{[]any{int64(1), nil}, types.ArrayOf(types.Of(types.Int64)), "CAST([CAST(1 AS BIGINT), CAST(NULL AS BIGINT)] AS BIGINT[])"},
		{[]any{int64(1), "x"}, row, `struct_pack("a" := CAST(1 AS BIGINT), "_f_1" := CAST('x' AS VARCHAR))`},
	} {
		if got := Literal(test.value, test.typ); got != test.want {
			t.Errorf("Literal(%v) = %s, want %s", test.value, got, test.want)
		}
	}
}
