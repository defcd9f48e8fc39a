package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// date and time functions. A TIMESTAMP is a naive time in UTC in DuckDB.
var _ = register(map[string]function{
	"current_timestamp": func(c *call) string { return c.t.now() },
	"current_date":      func(c *call) string { return pinned(c.local(c.t.now(), 0), c.typ) },
	"current_datetime":  func(c *call) string { return c.local(c.t.now(), 0) },
	"current_time":      func(c *call) string { return pinned(c.local(c.t.now(), 0), c.typ) },

	"timestamp_add": addPart(1), "timestamp_sub": addPart(-1),
	"datetime_add": addPart(1), "datetime_sub": addPart(-1),
	"date_add": addPart(1), "date_sub": addPart(-1),
	"time_add": addPart(1), "time_sub": addPart(-1),
	"add_months": sql("($1 + to_months(CAST($2 AS INTEGER)))"),

	"timestamp_trunc": truncPart, "datetime_trunc": truncPart, "date_trunc": truncPart, "time_trunc": truncPart,
	"timestamp_diff": diffWhole, "datetime_diff": diffBoundaries, "date_diff": diffBoundaries, "time_diff": diffBoundaries,
	"last_day": lastDay,

	"$extract":          extract,
	"$extract_date":     func(c *call) string { return "CAST(" + c.local(c.args[0], 1) + " AS DATE)" },
	"$extract_time":     func(c *call) string { return "CAST(" + c.local(c.args[0], 1) + " AS TIME)" },
	"$extract_datetime": func(c *call) string { return c.local(c.args[0], 1) },

	"date":      toDate,
	"datetime":  toDatetime,
	"time":      toTimeOfDay,
	"timestamp": toTimestamp,
	"string":    toString,

	"timestamp_seconds":           sql("make_timestamp($1 * 1000000)"),
	"timestamp_millis":            sql("make_timestamp($1 * 1000)"),
	"timestamp_micros":            sql("make_timestamp($1)"),
	"timestamp_from_unix_seconds": sql("make_timestamp($1 * 1000000)"),
	"timestamp_from_unix_millis":  sql("make_timestamp($1 * 1000)"),
	"timestamp_from_unix_micros":  sql("make_timestamp($1)"),
	"unix_seconds":                sql("bq_floor_div(epoch_us($1), 1000000)"),
	"unix_millis":                 sql("bq_floor_div(epoch_us($1), 1000)"),
	"unix_micros":                 sql("epoch_us($1)"),
	"unix_date":                   sql("($1 - DATE '1970-01-01')"),
	"date_from_unix_date":         sql("(DATE '1970-01-01' + CAST($1 AS INTEGER))"),

	"timestamp_bucket": bucket, "datetime_bucket": bucket, "date_bucket": bucket,

	"format_date":      sql("bq_format_time($1, CAST($2 AS TIMESTAMP), 'UTC', 'DATE')"),
	"format_datetime":  sql("bq_format_time($1, $2, 'UTC', 'DATETIME')"),
	"format_time":      sql("bq_format_time($1, CAST(DATE '1970-01-01' + $2 AS TIMESTAMP), 'UTC', 'TIME')"),
	"format_timestamp": byCount(map[int]string{2: "bq_format_time($1, $2, 'UTC', 'TIMESTAMP')", 3: "bq_format_time($1, $2, $3, 'TIMESTAMP')"}),
	"parse_date":       sql("CAST(bq_parse_time($1, $2, 'UTC', 'DATE') AS DATE)"),
	"parse_datetime":   sql("bq_parse_time($1, $2, 'UTC', 'DATETIME')"),
	"parse_time":       sql("CAST(bq_parse_time($1, $2, 'UTC', 'TIME') AS TIME)"),
	"parse_timestamp":  byCount(map[int]string{2: "bq_parse_time($1, $2, 'UTC', 'TIMESTAMP')", 3: "bq_parse_time($1, $2, $3, 'TIMESTAMP')"}),

	"$interval":        func(c *call) string { return interval(c.args[0], c.args[1], 1) },
	"make_interval":    makeInterval,
	"justify_hours":    sql("bq_interval(bq_justify(bq_interval_to_string($1), 'hours'))"),
	"justify_days":     sql("bq_interval(bq_justify(bq_interval_to_string($1), 'days'))"),
	"justify_interval": sql("bq_interval(bq_justify(bq_interval_to_string($1), 'both'))"),
})

// local is a time in UTC as the zone given by an argument shows it.
func (c *call) local(x string, zone int) string {
	if zone >= len(c.args) {
		return x
	}
	if s, ok := c.literalString(zone); ok && s == "UTC" {
		return x
	}
	return fmt.Sprintf("bq_to_local(%s, %s)", x, c.args[zone])
}

// utc is the inverse of local.
func (c *call) utc(x string, zone int) string {
	if zone >= len(c.args) {
		return x
	}
	if s, ok := c.literalString(zone); ok && s == "UTC" {
		return x
	}
	return fmt.Sprintf("bq_from_local(%s, %s)", x, c.args[zone])
}

// micros are the microseconds of the parts that have a fixed length.
var micros = map[string]int64{
	"MICROSECOND": 1, "MILLISECOND": 1_000, "SECOND": 1_000_000, "MINUTE": 60_000_000, "HOUR": 3_600_000_000,
	"DAY": 86_400_000_000, "WEEK": 7 * 86_400_000_000,
}

// months are the months of the parts that consist of months.
var months = map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12}

// interval is a number of parts as an INTERVAL.
func interval(n, part string, sign int64) string {
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
		unsupported("INTERVAL of %s", part)
	}
	return fmt.Sprintf("to_microseconds(%s * %d)", n, sign*us)
}

// addPart is X_ADD or X_SUB.
func addPart(sign int64) function {
	return func(c *call) string {
		if len(c.args) == 2 { // an INTERVAL value
			if sign < 0 {
				return c.fill("($1 - $2)")
			}
			return c.fill("($1 + $2)")
		}
		if c.types[0].Kind == types.Date && (c.args[2] == "DAY" || c.args[2] == "WEEK") {
			days := sign
			if c.args[2] == "WEEK" {
				days *= 7
			}
			return fmt.Sprintf("(%s + CAST(%s * %d AS INTEGER))", c.args[0], c.args[1], days)
		}
		return fmt.Sprintf("(%s + %s)", c.args[0], interval(c.args[1], c.args[2], sign))
	}
}

// weekStarts are the days from Monday to the first day of a week.
var weekStarts = map[string]int{
	"ISOWEEK": 0, "WEEK_MONDAY": 0, "WEEK_TUESDAY": 1, "WEEK_WEDNESDAY": 2, "WEEK_THURSDAY": 3, "WEEK_FRIDAY": 4,
	"WEEK_SATURDAY": 5, "WEEK": 6, "WEEK_SUNDAY": 6,
}

// part normalizes the name of a date part: WEEK(MONDAY) is WEEK_MONDAY.
func part(s string) string {
	s = strings.ToUpper(s)
	return strings.TrimSuffix(strings.ReplaceAll(s, "(", "_"), ")")
}

// trunc truncates a naive time to a part.
func trunc(x, unit string) string {
	unit = part(unit)
	if days, ok := weekStarts[unit]; ok {
		if days == 0 {
			return fmt.Sprintf("date_trunc('week', %s)", x)
		}
		return fmt.Sprintf("(date_trunc('week', %s - to_days(%d)) + to_days(%d))", x, days, days)
	}
	return fmt.Sprintf("date_trunc('%s', %s)", strings.ToLower(unit), x)
}

func truncPart(c *call) string {
	if c.types[0].Kind == types.Time {
		us, ok := micros[part(c.args[1])]
		if !ok || us >= micros["DAY"] {
			fail(bqerror.Query("TIME_TRUNC does not support the %s date part", c.args[1]))
		}
		return c.fill("CAST(make_timestamp(bq_time_micros($1) // ") + fmt.Sprintf("%d * %d) AS TIME)", us, us)
	}
	return c.utc(trunc(c.local(c.args[0], 2), c.args[1]), 2)
}

func diffWhole(c *call) string {
	us, ok := micros[part(c.args[2])]
	if !ok {
		fail(bqerror.Query("TIMESTAMP_DIFF does not support the %s date part", c.args[2]))
	}
	return c.fill("((epoch_us($1) - epoch_us($2)) // ") + fmt.Sprintf("%d)", us)
}

func diffBoundaries(c *call) string {
	unit := part(c.args[2])
	if c.types[0].Kind == types.Time {
		us, ok := micros[unit]
		if !ok {
			fail(bqerror.Query("TIME_DIFF does not support the %s date part", unit))
		}
		return c.fill("(bq_time_micros($1) // ") + fmt.Sprintf("%d", us) + c.fill(" - bq_time_micros($2) // ") + fmt.Sprintf("%d)", us)
	}
	if c.name == "datetime_diff" && c.types[0].Kind == types.Timestamp {
		return diffWhole(c)
	}
	if _, ok := weekStarts[unit]; ok {
		return fmt.Sprintf("(date_diff('day', CAST(%s AS DATE), CAST(%s AS DATE)) // 7)", trunc(c.args[1], unit), trunc(c.args[0], unit))
	}
	return fmt.Sprintf("date_diff('%s', %s, %s)", strings.ToLower(unit), c.args[1], c.args[0])
}

func lastDay(c *call) string {
	unit := part(c.arg(1, "MONTH"))
	x := "CAST(" + c.args[0] + " AS DATE)"
	length := map[string]string{"MONTH": "to_months(1)", "QUARTER": "to_months(3)", "YEAR": "to_months(12)"}[unit]
	switch {
	case unit == "ISOYEAR":
		return fmt.Sprintf("CAST(date_trunc('isoyear', date_trunc('isoyear', %s) + to_days(372)) - to_days(1) AS DATE)", x)
	case length == "":
		length = "to_days(7)"
	}
	return fmt.Sprintf("CAST(%s + %s - to_days(1) AS DATE)", trunc(x, unit), length)
}

// extract is EXTRACT of a number.
func extract(c *call) string {
	unit := part(c.args[1])
	x := c.args[0]
	if c.types[0].Kind == types.Timestamp {
		x = c.local(x, 2)
	}
	switch unit {
	case "DAYOFWEEK":
		return "(date_part('dow', " + x + ") + 1)"
	case "DAYOFYEAR":
		return "date_part('doy', " + x + ")"
	case "ISOWEEK":
		return "date_part('week', " + x + ")"
	case "MILLISECOND":
		return "(date_part('microsecond', " + x + ") % 1000000 // 1000)"
	case "MICROSECOND":
		return "(date_part('microsecond', " + x + ") % 1000000)"
	case "DATE":
		return "CAST(" + x + " AS DATE)"
	case "TIME":
		return "CAST(" + x + " AS TIME)"
	case "DATETIME":
		return x
	}
	if days, ok := weekStarts[unit]; ok {
		first := (days + 1) % 7 // counted from Sunday, as dow is
		return fmt.Sprintf("((date_part('doy', %[1]s) + 6 - (date_part('dow', %[1]s) + 7 - %[2]d) %% 7) // 7)", x, first)
	}
	return fmt.Sprintf("date_part('%s', %s)", strings.ToLower(unit), x)
}

func toDate(c *call) string {
	switch {
	case len(c.args) == 3 && c.types[1].Kind == types.Int64:
		return c.fill("bq_make_date($1, $2, $3)")
	case c.types[0].Kind == types.String:
		return c.fill("bq_string_to_date($1)")
	case c.types[0].Kind == types.Timestamp:
		return "CAST(" + c.local(c.args[0], 1) + " AS DATE)"
	}
	return c.fill("CAST($1 AS DATE)")
}

func toDatetime(c *call) string {
	switch {
	case len(c.args) == 6:
		return c.fill("bq_make_datetime($1, $2, $3, $4, $5, $6)")
	case c.types[0].Kind == types.String:
		return c.fill("bq_string_to_datetime($1)")
	case c.types[0].Kind == types.Timestamp:
		return c.local(c.args[0], 1)
	case len(c.args) == 2 && c.types[1].Kind == types.Time:
		return c.fill("($1 + $2)")
	}
	return c.fill("CAST($1 AS TIMESTAMP)")
}

func toTimeOfDay(c *call) string {
	switch {
	case len(c.args) == 3 && c.types[0].Kind == types.Int64:
		return c.fill("CAST(bq_make_datetime(1970, 1, 1, $1, $2, $3) AS TIME)")
	case c.types[0].Kind == types.String:
		return c.fill("bq_string_to_time($1)")
	case c.types[0].Kind == types.Timestamp:
		return "CAST(" + c.local(c.args[0], 1) + " AS TIME)"
	}
	return c.fill("CAST($1 AS TIME)")
}

func toTimestamp(c *call) string {
	switch c.types[0].Kind {
	case types.String:
		return "bq_string_to_timestamp(" + c.args[0] + ", " + c.arg(1, "'UTC'") + ")"
	case types.Timestamp:
		return c.args[0]
	}
	return c.utc(c.fill("CAST($1 AS TIMESTAMP)"), 1)
}

// toString is STRING of a time, or of JSON.
func toString(c *call) string {
	switch c.types[0].Kind {
	case types.JSON:
		return c.fill("bq_json_string($1)")
	case types.Timestamp:
		return "bq_timestamp_to_string(" + c.args[0] + ", " + c.arg(1, "'UTC'") + ")"
	}
	return c.t.convert(c.args[0], c.types[0], c.typ, false)
}

// bucket is TIMESTAMP_BUCKET and its like: buckets of a fixed length from an
// origin, 1950-01-01 unless given.
func bucket(c *call) string {
	origin := c.arg(2, "TIMESTAMP '1950-01-01'")
	x := "CAST(" + c.args[0] + " AS TIMESTAMP)"
	return fmt.Sprintf("bq_bucket(%s, %s, CAST(%s AS TIMESTAMP))", x, c.args[1], origin)
}

// makeInterval adds up the named arguments, each of which has a default.
func makeInterval(c *call) string {
	parts := []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
	var sum []string
	for i, a := range c.args {
		sum = append(sum, interval(a, parts[i], 1))
	}
	return "(" + strings.Join(sum, " + ") + ")"
}
