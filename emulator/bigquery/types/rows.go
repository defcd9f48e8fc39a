package types

import bqv2 "google.golang.org/api/bigquery/v2"

// Rows are fully read, typed rows.
//
// A value is nil for NULL, or by type: INT64 int64, FLOAT64 float64, BOOL
// bool, STRING string, BYTES []byte, TIMESTAMP time.Time (UTC), DATE
// civil.Date, TIME civil.Time, DATETIME civil.DateTime, NUMERIC, BIGNUMERIC,
// JSON, INTERVAL and GEOGRAPHY string in BigQuery's own notation, ARRAY []any,
// STRUCT []any in field order, RANGE RangeValue.
type Rows struct {
	Schema []*bqv2.TableFieldSchema
	Values [][]any
}

// Footprint estimates the memory, in bytes, of a value, or of a row.
func Footprint(v any) int64 {
	const header = 16 // of an interface value
	switch x := v.(type) {
	case string:
		return 2*header + int64(len(x))
	case []byte:
		return 3*header + int64(len(x))
	case []any:
		n := int64(3 * header)
		for _, e := range x {
			n += Footprint(e)
		}
		return n
	case nil:
		return header
	default:
		return 3 * header
	}
}
