package times

import (
	"math/big"
	"regexp"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// The bounds of the parts of an INTERVAL
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#interval_type).
const (
	mostMonths = 120_000
	mostDays   = 3_660_000
	mostMicros = 87_840_000 * 3_600_000_000
	dayMicros  = 86_400_000_000
)

// The notations of an INTERVAL as text: Y-M D H:M:S.F, each of whose three parts may be missing but the days stand beside
// another, and that of ISO 8601.
var (
	canonicalInterval = regexp.MustCompile(`^(?:([+-])?(\d+)-(\d+))?(?:(?:^|\b )([+-])?(\d+)(?:$|\b))?(?:(?:^|\b )([+-])?(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?)?$`)
	isoInterval       = regexp.MustCompile(`^P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:[.,](\d{1,6}))?S)?)?$`)
)

func parseInterval(s string) (i duckdb.Interval, err error) {
	months, days, micros := new(big.Int), new(big.Int), new(big.Int)
	if m := canonicalInterval.FindStringSubmatch(s); m != nil && (m[2] != "" || m[7] != "") {
		months = signedSum(m[1], m[2], 12, m[3], 1)
		days = signedSum(m[4], m[5], 1)
		micros = signedSum(m[6], m[7], 3_600_000_000, m[8], 60_000_000, m[9], 1_000_000, microseconds(m[10]), 1)
	} else if m := isoInterval.FindStringSubmatch(s); m != nil && s != "P" {
		months = signedSum("", m[1], 12, m[2], 1)
		days = signedSum("", m[3], 7, m[4], 1)
		micros = signedSum(m[7], m[8], 1_000_000, microseconds(m[9]), 1)
		micros.Add(micros, signedSum("", m[5], 3_600_000_000, m[6], 60_000_000))
	} else {
		return i, function.Errorf("Invalid INTERVAL value '%s'", s)
	}
	if err := inRange(months, days, micros); err != nil {
		return i, err
	}
	return duckdb.Interval{Months: int32(months.Int64()), Days: int32(days.Int64()), Micros: micros.Int64()}, nil
}

// inRange checks the bounds of the parts.
func inRange(months, days, micros *big.Int) error {
	for _, part := range []struct {
		name string
		n    *big.Int
		most int64
	}{{"months", months, mostMonths}, {"days", days, mostDays}, {"microseconds", micros, mostMicros}} {
		if part.n.CmpAbs(big.NewInt(part.most)) > 0 {
			return function.Errorf("Interval field %s '%s' is out of range -%d to %d", part.name, part.n, part.most, part.most)
		}
	}
	return nil
}

// signedSum adds up pairs of digits, which may be none, and a factor of them.
func signedSum(sign string, pairs ...any) *big.Int {
	sum := new(big.Int)
	for i := 0; i < len(pairs); i += 2 {
		n, ok := new(big.Int).SetString(pairs[i].(string), 10)
		if ok {
			sum.Add(sum, n.Mul(n, big.NewInt(int64(pairs[i+1].(int)))))
		}
	}
	if sign == "-" {
		sum.Neg(sum)
	}
	return sum
}

// microseconds are the digits behind a point as those of a whole number.
func microseconds(digits string) string { return (digits + "000000")[:6] }

// justified carries hours over to days, days to months, or both, and makes the signs of what it carried over the same.
func justified(i duckdb.Interval, what string) duckdb.Interval {
	if what != "days" {
		i.Days += int32(i.Micros / dayMicros)
		i.Micros %= dayMicros
	}
	if what != "hours" {
		i.Months += i.Days / 30
		i.Days %= 30
		switch below, above := i.Days < 0, i.Days > 0; {
		case i.Months > 0 && (below || what == "both" && i.Days == 0 && i.Micros < 0):
			i.Months, i.Days = i.Months-1, i.Days+30
		case i.Months < 0 && (above || what == "both" && i.Days == 0 && i.Micros > 0):
			i.Months, i.Days = i.Months+1, i.Days-30
		}
	}
	if what != "days" {
		switch {
		case i.Days > 0 && i.Micros < 0:
			i.Days, i.Micros = i.Days-1, i.Micros+dayMicros
		case i.Days < 0 && i.Micros > 0:
			i.Days, i.Micros = i.Days+1, i.Micros-dayMicros
		}
	}
	return i
}
