package columnar

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// parseInterval reads an INTERVAL in the notation of Rows, Y-M D H:M:S.F. Months, days and times each have a sign.
func parseInterval(s string) (arrow.MonthDayNanoInterval, error) {
	var years, months, days, hours, minutes, seconds int64
	var out arrow.MonthDayNanoInterval
	text, fraction, _ := strings.Cut(s, ".")
	parts := strings.Fields(text)
	if len(parts) != 3 || len(fraction) > 9 {
		return out, fmt.Errorf("%q is no INTERVAL", s)
	}
	monthSign, yearsMonths := sign(parts[0])
	timeSign, clock := sign(parts[2])
	if _, err := fmt.Sscanf(yearsMonths+" "+parts[1]+" "+clock, "%d-%d %d %d:%d:%d", &years, &months, &days, &hours, &minutes, &seconds); err != nil {
		return out, fmt.Errorf("%q is no INTERVAL: %w", s, err)
	}
	nanos := int64(0)
	for _, digit := range fraction + strings.Repeat("0", 9-len(fraction)) {
		nanos = nanos*10 + int64(digit-'0')
	}
	out.Months, out.Days = int32(monthSign*(years*12+months)), int32(days)
	out.Nanoseconds = timeSign * (((hours*60+minutes)*60+seconds)*1_000_000_000 + nanos)
	return out, nil
}

func sign(s string) (sign int64, rest string) {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return -1, rest
	}
	return 1, s
}
