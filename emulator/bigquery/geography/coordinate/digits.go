package coordinate

import "strconv"

// Append writes a coordinate with the 15 digits that BigQuery writes.
func Append(b []byte, x float64) []byte {
	if x == 0 {
		return append(b, '0') // not -0
	}
	return appendG15(b, x)
}

// appendG15 is C's %.15g.
func appendG15(b []byte, x float64) []byte {
	const digits = 15
	e := strconv.FormatFloat(x, 'e', digits-1, 64)
	exponent := 0
	for i := len(e) - 1; i >= 0; i-- {
		if e[i] == 'e' {
			exponent, _ = strconv.Atoi(e[i+1:])
			break
		}
	}
	if exponent >= -4 && exponent < digits {
		return append(b, trimZeros(strconv.FormatFloat(x, 'f', digits-1-exponent, 64))...)
	}
	mantissa, power := e[:len(e)-4], e[len(e)-4:] // e+05; exponents of coordinates have two digits
	if e[len(e)-4] != 'e' {
		mantissa, power = e[:len(e)-5], e[len(e)-5:]
	}
	return append(append(b, trimZeros(mantissa)...), power...)
}

// trimZeros drops the zeros that end a fraction.
func trimZeros(s string) string {
	for i := range s {
		if s[i] != '.' {
			continue
		}
		end := len(s)
		for s[end-1] == '0' {
			end--
		}
		if end == i+1 {
			end = i
		}
		return s[:end]
	}
	return s
}
