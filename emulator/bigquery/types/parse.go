package types

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

// Errorf is fmt.Errorf for messages in BigQuery's own wording, which are
// sentences and begin with a capital.
func Errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

func badValue(k Kind, s string) error {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return Errorf("Cannot convert value to %s (bad value): %s", k.Legacy(), s)
}

// Parse reads a scalar from text. It knows every notation that BigQuery accepts
// for values that arrive as JSON strings or CSV cells.
func Parse(k Kind, s string) (any, error) {
	switch k {
	case String, Interval:
		return s, nil
	case Geography:
		return parseGeography(s)
	case Bytes:
		return parseBytes(s)
	case Int64:
		return parseInt(s)
	case Float64:
		return parseFloat(s)
	case Bool:
		return parseBool(s)
	case Timestamp:
		return parseTimestamp(s)
	case Date:
		d, rest, err := cutDate(strings.TrimSpace(s))
		if err != nil || rest != "" {
			return nil, badValue(Date, s)
		}
		return d, nil
	case Time:
		t, rest, err := cutTime(strings.TrimSpace(s))
		if err != nil || rest != "" {
			return nil, badValue(Time, s)
		}
		return t, nil
	case Datetime:
		return parseDatetime(s)
	case Numeric:
		return parseDecimal(k, s)
	case BigNumeric:
		return parseDecimal(k, s)
	case JSON:
		return NormalJSON(s)
	}
	return nil, badValue(k, s)
}

// parseGeography takes WKT, hexadecimal WKB and GeoJSON.
func parseGeography(s string) (any, error) {
	if _, err := geography.FromAny(s, geography.Options{Oriented: true}); err != nil {
		return nil, fmt.Errorf("%w: %w", badValue(Geography, s), err)
	}
	return s, nil
}

func parseBytes(s string) (any, error) {
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(s); err == nil {
			return b, nil
		}
	}
	return nil, Errorf("Could not decode base64 string to bytes.")
}

func parseInt(s string) (any, error) {
	t := strings.TrimSpace(s)
	if n, err := strconv.ParseInt(t, 10, 64); err == nil {
		return n, nil
	}
	// A whole number may come with a fraction or an exponent: 3.0, 1e6.
	const exact = 1 << 53
	if f, err := strconv.ParseFloat(t, 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= exact {
		return int64(f), nil
	}
	return nil, badValue(Int64, s)
}

func parseFloat(s string) (any, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return nil, badValue(Float64, s)
	}
	return f, nil
}

func parseBool(s string) (any, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "t", "yes", "y", "1":
		return true, nil
	case "false", "f", "no", "n", "0":
		return false, nil
	}
	return nil, badValue(Bool, s)
}

func parseDatetime(s string) (any, error) {
	d, rest, err := cutDate(strings.TrimSpace(s))
	if err != nil {
		return nil, badValue(Datetime, s)
	}
	if rest == "" {
		return civil.DateTime{Date: d}, nil
	}
	if rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ' {
		return nil, badValue(Datetime, s)
	}
	t, rest, err := cutTime(rest[1:])
	if err != nil || rest != "" {
		return nil, badValue(Datetime, s)
	}
	return civil.DateTime{Date: d, Time: t}, nil
}
