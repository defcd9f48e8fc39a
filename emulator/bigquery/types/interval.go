package types

import (
	"fmt"
	"strings"
)

// IntervalValue is a value of type INTERVAL: three numbers that don't add up, for a
// month has no fixed number of days and a day none of hours.
type IntervalValue struct{ Months, Days, Micros int64 }

// String is the value in BigQuery's notation, Y-M D H:M:S.F.
func (i IntervalValue) String() string {
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
