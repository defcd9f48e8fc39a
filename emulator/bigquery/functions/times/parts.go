package times

import (
	"strings"
)

// micros are the microseconds of the parts that have a fixed length.
var micros = map[string]int64{
	"MICROSECOND": 1, "MILLISECOND": 1_000, "SECOND": 1_000_000, "MINUTE": 60_000_000, "HOUR": 3_600_000_000,
	"DAY": 86_400_000_000, "WEEK": 7 * 86_400_000_000,
}

// months are the months of the parts that consist of months.
var months = map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12}

// weekStarts are the days from Monday to the first day of a week.
var weekStarts = map[string]int{
	"ISOWEEK": 0, "WEEK_MONDAY": 0, "WEEK_TUESDAY": 1, "WEEK_WEDNESDAY": 2, "WEEK_THURSDAY": 3, "WEEK_FRIDAY": 4,
	"WEEK_SATURDAY": 5, "WEEK": 6, "WEEK_SUNDAY": 6,
}

// Part normalizes the name of a date part: WEEK(MONDAY) is WEEK_MONDAY.
func Part(s string) string {
	s = strings.ToUpper(s)
	return strings.TrimSuffix(strings.ReplaceAll(s, "(", "_"), ")")
}
