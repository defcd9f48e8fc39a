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
