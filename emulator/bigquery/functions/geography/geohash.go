package geography

import (
	"strings"

	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

// hashLetters are the digits of a geohash, five bits each.
const hashLetters = "0123456789bcdefghjkmnpqrstuvwxyz"

// geoHash is the geohash of a point, with a number of characters.
func geoHash(p s2.Point, chars int) string {
	lng, lat := geography.Degrees(p)
	x, y := [2]float64{-180, 180}, [2]float64{-90, 90}
	var b strings.Builder
	for i := range chars {
		digit := 0
		for bit := range 5 {
			if (i*5+bit)%2 == 0 {
				digit = digit<<1 | halve(&x, lng)
			} else {
				digit = digit<<1 | halve(&y, lat)
			}
		}
		b.WriteByte(hashLetters[digit])
	}
	return b.String()
}

// halve keeps the half of a range that a number is in, and says whether it is the upper one.
func halve(r *[2]float64, x float64) int {
	middle := (r[0] + r[1]) / 2
	if x >= middle {
		r[0] = middle
		return 1
	}
	r[1] = middle
	return 0
}

// fromGeoHash is the point in the middle of the box of a geohash.
func fromGeoHash(hash string) (value, error) {
	if hash == "" {
		return nil, function.Errorf("the geohash is empty")
	}
	x, y := [2]float64{-180, 180}, [2]float64{-90, 90}
	for i, c := range strings.ToLower(hash) {
		digit := strings.IndexRune(hashLetters, c)
		if digit < 0 {
			return nil, function.Errorf("Invalid geohash '%s'", hash)
		}
		for bit := range 5 {
			r := &x
			if (i*5+bit)%2 == 1 {
				r = &y
			}
			middle := (r[0] + r[1]) / 2
			if digit>>(4-bit)&1 == 1 {
				r[0] = middle
			} else {
				r[1] = middle
			}
		}
	}
	p, err := geography.FromDegrees((x[0]+x[1])/2, (y[0]+y[1])/2)
	return geography.Point(p), err
}
