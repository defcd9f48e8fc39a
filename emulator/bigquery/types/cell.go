package types

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/civil"
)

// Format chooses between notations a client may ask for.
type Format struct {
	// Int64Timestamp writes TIMESTAMP as whole microseconds, not as seconds in
	// floating point (formatOptions.useInt64Timestamp).
	Int64Timestamp bool
}

// AppendRow appends a row in the REST API's notation, {"f":[{"v":…},…]}.
func (o Format) AppendRow(dst []byte, fields []Field, row []any) []byte {
	dst = append(dst, `{"f":[`...)
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"v":`...)
		dst = o.appendValue(dst, &fields[i], row[i])
		dst = append(dst, '}')
	}
	return append(dst, `]}`...)
}

func (o Format) appendValue(dst []byte, f *Field, v any) []byte {
	if !f.Repeated() {
		return o.appendScalar(dst, f, v)
	}
	list, _ := v.([]any) // a NULL array reads as an empty one
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"v":`...)
		dst = o.appendScalar(dst, f, e)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func (o Format) appendScalar(dst []byte, f *Field, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendJSONString(dst, x)
	case int64:
		return append(strconv.AppendInt(append(dst, '"'), x, 10), '"')
	case float64:
		return append(appendFloat(append(dst, '"'), x), '"')
	case bool:
		return append(strconv.AppendBool(append(dst, '"'), x), '"')
	case []byte:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), x), '"')
	case time.Time:
		dst = append(dst, '"')
		if o.Int64Timestamp {
			dst = strconv.AppendInt(dst, x.UnixMicro(), 10)
		} else {
			dst = appendSeconds(dst, x.UnixMicro())
		}
		return append(dst, '"')
	case civil.Date:
		return append(appendDate(append(dst, '"'), x), '"')
	case civil.Time:
		return append(appendTime(append(dst, '"'), x), '"')
	case civil.DateTime:
		dst = append(appendDate(append(dst, '"'), x.Date), 'T')
		return append(appendTime(dst, x.Time), '"')
	case RangeValue:
		return append(o.appendRange(append(dst, '"'), f.Scalar().Elem, x), '"')
	case []any: // a STRUCT
		return o.AppendRow(dst, f.Scalar().Fields, x)
	default:
		return appendJSONString(dst, fmt.Sprint(x))
	}
}

// appendFloat writes a FLOAT64 as BigQuery does: always with a fraction, and
// with an exponent from 1e7 and below 1e-3.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		start := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if !strings.Contains(string(dst[start:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	s := strconv.FormatFloat(f, 'E', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "E")
	dst = append(dst, mantissa...)
	if !strings.Contains(mantissa, ".") {
		dst = append(dst, ".0"...)
	}
	n, _ := strconv.Atoi(exponent) // "+09" → 9
	return strconv.AppendInt(append(dst, 'E'), int64(n), 10)
}

// appendSeconds writes a TIMESTAMP as seconds in floating point, in decimal
// digits that are exact for every microsecond.
func appendSeconds(dst []byte, micros int64) []byte {
	if micros < 0 {
		dst = append(dst, '-')
		micros = -micros
	}
	const million = 1_000_000
	if micros < 10*million*million { // below 1e7 s: plain notation
		dst = strconv.AppendInt(dst, micros/million, 10)
		frac := strings.TrimRight(fmt.Sprintf("%06d", micros%million), "0")
		if frac == "" {
			frac = "0"
		}
		return append(append(dst, '.'), frac...)
	}
	digits := strconv.FormatInt(micros, 10)
	exponent := len(digits) - 1 - 6
	rest := strings.TrimRight(digits[1:], "0")
	if rest == "" {
		rest = "0"
	}
	dst = append(dst, digits[0], '.')
	dst = append(dst, rest...)
	return strconv.AppendInt(append(dst, 'E'), int64(exponent), 10)
}

func appendDate(dst []byte, d civil.Date) []byte {
	dst = appendPadded(dst, d.Year, 4)
	dst = appendPadded(append(dst, '-'), int(d.Month), 2)
	return appendPadded(append(dst, '-'), d.Day, 2)
}

// appendTime writes hh:mm:ss, with six digits more when there is a fraction.
func appendTime(dst []byte, t civil.Time) []byte {
	dst = appendPadded(dst, t.Hour, 2)
	dst = appendPadded(append(dst, ':'), t.Minute, 2)
	dst = appendPadded(append(dst, ':'), t.Second, 2)
	if us := t.Nanosecond / 1000; us != 0 {
		dst = appendPadded(append(dst, '.'), us, 6)
	}
	return dst
}

func appendPadded(dst []byte, n, width int) []byte {
	for limit := pow10(width - 1); n < limit && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

const hexDigits = "0123456789abcdef"

// appendJSONString appends s as a JSON string. Bytes that are no valid UTF-8
// become U+FFFD, as encoding/json has it.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\ufffd`...)
			i++
			start = i
			continue
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
