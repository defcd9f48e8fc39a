package cast

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// FormatFloat writes a FLOAT64 as BigQuery does: the shortest text that reads
// back as the same number.
func FormatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	if abs := math.Abs(f); abs >= 1e-5 && abs < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// TrimDecimal removes zeros after the point that say nothing.
func TrimDecimal(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ParseFloat reads a FLOAT64 as CAST does.
func ParseFloat(s string) (any, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	switch strings.TrimLeft(t, "+-") {
	case "inf", "infinity":
		if strings.HasPrefix(t, "-") {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(t, "_xp") {
		return nil, function.Errorf("Bad double value: %s", s)
	}
	return f, nil
}
