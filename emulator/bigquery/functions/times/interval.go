package times

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// intervals are functions of INTERVAL. The natives hand it to the macro bq_interval as "months days microseconds".
var intervals = function.Group{
	Scalars: map[string]function.Scalar{
		"$interval":        func(c *function.Call) string { return Interval(c.Args[0], c.Args[1], 1) },
		"make_interval":    makeInterval,
		"justify_hours":    function.SQL("bq_interval(bq_justify(bq_interval_to_string($1), 'hours'))"),
		"justify_days":     function.SQL("bq_interval(bq_justify(bq_interval_to_string($1), 'days'))"),
		"justify_interval": function.SQL("bq_interval(bq_justify(bq_interval_to_string($1), 'both'))"),
	},
	Natives: []function.Native{
		{Name: "bq_interval_to_string", Args: function.Types{function.Interval}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return intervalValue(a[0].(duckdb.Interval)).String(), nil
		}},
		{Name: "bq_string_to_interval", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			i, err := parseInterval(a[0].(string))
			return fmt.Sprintf("%d %d %d", i.Months, i.Days, i.Micros), err
		}},
		{Name: "bq_interval_div", Args: function.Types{function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			i, err := parseInterval(a[0].(string))
			if err != nil {
				return nil, err
			}
			if a[1].(int64) == 0 {
				return nil, function.Errorf("division by zero: %s / 0", a[0])
			}
			return divided(int64(i.Months), int64(i.Days), i.Micros, a[1].(int64))
		}},
		// The months, days and microseconds of several intervals by a number.
		{Name: "bq_interval_share", Args: function.Types{function.Integer, function.Integer, function.Integer, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return divided(a[0].(int64), a[1].(int64), a[2].(int64), a[3].(int64))
		}},
		// The microseconds of an interval whose months have 30 days and whose days have 24 hours, by which intervals compare
		// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#interval_type). DuckDB carries parts over one by
		// one, which tells -1 day from 29 days less than a month.
		{Name: "bq_interval_key", Args: function.Types{function.Interval}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			i := a[0].(duckdb.Interval)
			return (int64(i.Months)*30+int64(i.Days))*86_400_000_000 + i.Micros, nil
		}},
		{Name: "bq_interval_alike", Args: function.Types{function.Interval, function.Text}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			i := a[0].(duckdb.Interval)
			if min(int64(i.Months), int64(i.Days), i.Micros) < 0 && max(int64(i.Months), int64(i.Days), i.Micros) > 0 {
				return nil, function.Errorf("%s of an INTERVAL whose parts have two signs, such as %s, is not supported by this emulator: use JUSTIFY_INTERVAL", a[1], intervalValue(i))
			}
			return true, nil
		}},
		{Name: "bq_interval_part", Args: function.Types{function.Interval, function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			i := a[0].(duckdb.Interval)
			return [...]int64{int64(i.Months), int64(i.Days), i.Micros}[a[1].(int64)], nil
		}},
		{Name: "bq_justify", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			i, err := parseInterval(a[0].(string))
			if err != nil {
				return nil, err
			}
			i = justified(i, a[1].(string))
			return fmt.Sprintf("%d %d %d", i.Months, i.Days, i.Micros), nil
		}},
	},
	Macros: []string{
		`bq_interval(s) AS to_months(CAST(split_part(s, ' ', 1) AS INTEGER)) + to_days(CAST(split_part(s, ' ', 2) AS INTEGER))
		+ to_microseconds(CAST(split_part(s, ' ', 3) AS BIGINT))`,
	},
}

// divided are the parts of an INTERVAL by a number that isn't 0, as Google's reference implementation has it:
// what remains of months is days, 30 each, and what remains of days is hours
// (https://github.com/google/zetasql/blob/master/zetasql/public/interval_value.h).
func divided(months, days, micros, n int64) (any, error) {
	days += months % n * 30
	rest := new(big.Int).Mul(big.NewInt(days%n), big.NewInt(dayMicros))
	rest.Quo(rest.Add(rest, big.NewInt(micros)), big.NewInt(n))
	if err := inRange(big.NewInt(months/n), big.NewInt(days/n), rest); err != nil {
		return nil, err
	}
	return fmt.Sprintf("%d %d %d", months/n, days/n, rest), nil
}

// Interval is a number of parts as an INTERVAL.
func Interval(n, part string, sign int64) string {
	if m, ok := months[part]; ok {
		return fmt.Sprintf("to_months(CAST(%s * %d AS INTEGER))", n, sign*m)
	}
	switch part {
	case "DAY":
		return fmt.Sprintf("to_days(CAST(%s * %d AS INTEGER))", n, sign)
	case "WEEK":
		return fmt.Sprintf("to_days(CAST(%s * %d AS INTEGER))", n, sign*7)
	}
	us, ok := micros[part]
	if !ok {
		bqerror.Refuse("INTERVAL of %s", part)
	}
	return fmt.Sprintf("to_microseconds(%s * %d)", n, sign*us)
}

// makeInterval adds up the named arguments, each of which has a default.
func makeInterval(c *function.Call) string {
	parts := []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
	var sum []string
	for i, a := range c.Args {
		sum = append(sum, Interval(a, parts[i], 1))
	}
	return "bq_interval(bq_string_to_interval(bq_interval_to_string(" + strings.Join(sum, " + ") + ")))" // whose parts have bounds
}

func intervalValue(i duckdb.Interval) types.IntervalValue {
	return types.IntervalValue{Months: int64(i.Months), Days: int64(i.Days), Micros: i.Micros}
}
