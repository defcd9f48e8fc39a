package functions

import (
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// intervalFunctions write and read INTERVAL, in text of BigQuery's notation
// or as "months days microseconds" for the macro bq_interval.
var intervalFunctions = []scalar{
	{name: "bq_interval_to_string", args: []duckdb.Type{duckdb.TYPE_INTERVAL}, result: text, call: func(a []driver.Value) (any, error) {
		return FormatInterval(a[0].(duckdb.Interval)), nil
	}},
	{name: "bq_string_to_interval", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		i, err := parseInterval(a[0].(string))
		return fmt.Sprintf("%d %d %d", i.Months, i.Days, i.Micros), err
	}},
	{name: "bq_justify", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		i, err := parseInterval(a[0].(string))
		if err != nil {
			return nil, err
		}
		const day = 86_400_000_000
		what := a[1].(string)
		if what != "days" {
			i.Days += int32(i.Micros / day)
			i.Micros %= day
			if i.Days > 0 && i.Micros < 0 {
				i.Days, i.Micros = i.Days-1, i.Micros+day
			} else if i.Days < 0 && i.Micros > 0 {
				i.Days, i.Micros = i.Days+1, i.Micros-day
			}
		}
		if what != "hours" {
			i.Months += i.Days / 30
			i.Days %= 30
			if i.Months > 0 && i.Days < 0 {
				i.Months, i.Days = i.Months-1, i.Days+30
			} else if i.Months < 0 && i.Days > 0 {
				i.Months, i.Days = i.Months+1, i.Days-30
			}
		}
		return fmt.Sprintf("%d %d %d", i.Months, i.Days, i.Micros), nil
	}},
}

// FormatInterval writes an INTERVAL in BigQuery's notation, Y-M D H:M:S.F.
func FormatInterval(i duckdb.Interval) string {
	sign := func(negative bool) string {
		if negative {
			return "-"
		}
		return ""
	}
	months, micros := max(i.Months, -i.Months), max(i.Micros, -i.Micros)
	s := fmt.Sprintf("%s%d-%d %d %s%d:%d:%d", sign(i.Months < 0), months/12, months%12, i.Days,
		sign(i.Micros < 0), micros/3_600_000_000, micros/60_000_000%60, micros/1_000_000%60)
	if frac := micros % 1_000_000; frac != 0 {
		f := fmt.Sprintf("%06d", frac)
		s += "." + strings.TrimSuffix(f, "000")
	}
	return s
}

var intervalText = regexp.MustCompile(`^(?:([+-]?)(\d+)-(\d+))?\s*([+-]?\d+)?\s*(?:([+-]?)(\d+):(\d+):(\d+)(?:\.(\d{1,9}))?)?$`)

func parseInterval(s string) (i duckdb.Interval, err error) {
	m := intervalText.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || strings.TrimSpace(s) == "" {
		return i, errorf("Invalid INTERVAL value '%s'", s)
	}
	n := func(k int) int64 {
		v, _ := strconv.ParseInt(m[k], 10, 64) // digits, or empty for 0
		return v
	}
	i.Months = int32(n(2)*12 + n(3))
	if m[1] == "-" {
		i.Months = -i.Months
	}
	i.Days = int32(n(4))
	i.Micros = (n(6)*3600+n(7)*60+n(8))*1_000_000 + nanoseconds(m[9]).Microseconds()
	if m[5] == "-" {
		i.Micros = -i.Micros
	}
	return i, nil
}
