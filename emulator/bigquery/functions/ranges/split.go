package ranges

import (
	"database/sql/driver"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// split is GENERATE_RANGE_ARRAY
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions#generate_range_array).
var split = function.Group{
	Scalars: map[string]function.Scalar{"generate_range_array": generate},
	Natives: []function.Native{
		{
			Name: "bq_range_steps", Args: function.Types{function.Text, function.Timestamp, function.Timestamp, function.Interval, function.Boolean},
			Result: function.TextList, Call: func(a []driver.Value) (any, error) {
				return steps(a[0].(string), a[1].(time.Time).UTC(), a[2].(time.Time).UTC(), a[3].(duckdb.Interval), a[4].(bool))
			},
		},
	},
	Macros: []string{
		`bq_range_pairs(b) AS list_transform(range(1, len(b)), lambda i: struct_pack("start" := b[i], "end" := b[i + 1]))`,
	},
}

func generate(c *function.Call) string {
	kind := ducksql.String(c.Types[0].Elem.Kind.String())
	return "bq_range_pairs(bq_range_steps(" + kind + ", " + c.Fill("CAST(struct_extract($1, 'start') AS TIMESTAMP), CAST(struct_extract($1, 'end') AS TIMESTAMP), $2, ") + c.Arg(2, "TRUE") + "))"
}

// mostSteps is how many elements an array may have, as for GENERATE_ARRAY.
const mostSteps = 1_048_575

// steps are the bounds of the ranges that one is split into: each begins where the one before
// it ends. The last is left out if it is shorter and partial isn't set.
func steps(kind string, start, end time.Time, step duckdb.Interval, partial bool) ([]string, error) {
	if start.Year() < 1 || end.Year() > 9999 {
		return nil, function.Errorf("GENERATE_RANGE_ARRAY: the range must not be unbounded")
	}
	if err := checkStep(kind, step); err != nil {
		return nil, err
	}
	layout := "2006-01-02 15:04:05.999999"
	if kind == "DATE" {
		layout = "2006-01-02"
	}
	bounds := []string{start.Format(layout)}
	for n := 1; ; n++ {
		if n > mostSteps {
			return nil, function.Errorf("GENERATE_RANGE_ARRAY produced too many elements")
		}
		at := addMonths(start, n*int(step.Months)).AddDate(0, 0, n*int(step.Days)).Add(time.Duration(n) * time.Duration(step.Micros) * time.Microsecond)
		if !at.Before(end) {
			if partial || at.Equal(end) {
				bounds = append(bounds, end.Format(layout))
			}
			return bounds, nil
		}
		bounds = append(bounds, at.Format(layout))
	}
}

// checkStep refuses a step that isn't positive, of several parts, or finer or coarser than the
// bounds can be added to.
func checkStep(kind string, step duckdb.Interval) error {
	parts, positive := 0, true
	for _, n := range []int64{int64(step.Months), int64(step.Days), step.Micros} {
		if n != 0 {
			parts++
		}
		positive = positive && n >= 0
	}
	switch {
	case parts == 0 || !positive:
		return function.Errorf("GENERATE_RANGE_ARRAY: the step must be a positive INTERVAL")
	case parts > 1:
		return function.Errorf("GENERATE_RANGE_ARRAY: the step must be an INTERVAL with one part")
	case kind == "DATE" && step.Micros != 0:
		return function.Errorf("GENERATE_RANGE_ARRAY: the step of a RANGE<DATE> must be of YEAR, MONTH or DAY")
	case kind == "TIMESTAMP" && step.Months != 0:
		return function.Errorf("GENERATE_RANGE_ARRAY: the step of a RANGE<TIMESTAMP> must not be of YEAR or MONTH")
	}
	return nil
}

// addMonths keeps the day, or takes the last one of a month that has fewer.
func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
