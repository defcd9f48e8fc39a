package geography

import (
	"math"
	"strconv"

	"github.com/golang/geo/s2"
)

// FromDegrees is the point at a longitude and a latitude. A longitude is taken modulo 360°.
func FromDegrees(lng, lat float64) (s2.Point, error) {
	if math.IsNaN(lng) || math.IsInf(lng, 0) || math.IsNaN(lat) || math.IsInf(lat, 0) {
		return s2.Point{}, errorf("Longitude and latitude must be finite, not %v and %v", lng, lat)
	}
	if lat < -90 || lat > 90 {
		return s2.Point{}, errorf("Latitude must be between -90 and 90 degrees. Actual latitude: %v", lat)
	}
	if lng < -180 || lng > 180 {
		lng = math.Remainder(lng, 360)
	}
	return fromRadians(lng*(math.Pi/180), lat*(math.Pi/180)), nil
}

// Degrees are the longitude and the latitude of a point.
func Degrees(p s2.Point) (lng, lat float64) {
	lng = atan2(p.Y, p.X) * (180 / math.Pi)
	lat = atan2(p.Z, math.Sqrt(p.X*p.X+p.Y*p.Y)) * (180 / math.Pi)
	return lng, lat
}

// appendDegree writes a coordinate with the 15 digits that BigQuery writes.
func appendDegree(b []byte, x float64) []byte {
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
