package geography

import (
	"math"

	"github.com/golang/geo/r2"
	"github.com/golang/geo/r3"
	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/geography/coordinate"
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
	lng = coordinate.Atan2(p.Y, p.X) * (180 / math.Pi)
	lat = coordinate.Atan2(p.Z, math.Sqrt(p.X*p.X+p.Y*p.Y)) * (180 / math.Pi)
	return lng, lat
}

// fromRadians is the point at a longitude and a latitude.
func fromRadians(lng, lat float64) s2.Point {
	sinLng, cosLng := coordinate.Sincos(lng)
	sinLat, cosLat := coordinate.Sincos(lat)
	return s2.Point{Vector: r3.Vector{X: cosLng * cosLat, Y: sinLng * cosLat, Z: sinLat}}
}

// plate is the map of longitude and latitude in degrees, with these functions.
var plate s2.Projection = plateCarree{s2.NewPlateCarreeProjection(180)}

type plateCarree struct{ s2.Projection }

// Project implements s2.Projection.
func (plateCarree) Project(p s2.Point) r2.Point {
	lng, lat := Degrees(p)
	return r2.Point{X: lng, Y: lat}
}

// Unproject implements s2.Projection.
func (plateCarree) Unproject(p r2.Point) s2.Point {
	return fromRadians(math.Remainder(p.X, 360)*(math.Pi/180), p.Y*(math.Pi/180))
}
