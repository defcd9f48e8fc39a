package outline

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"

	"github.com/tallystream/tallystream/shared/election"
)

// flatten makes degrees of longitude and latitude flat, in any unit, with y downwards.
func flatten(features []feature, how election.Projection) error {
	if how == election.Planar {
		return nil
	}
	if err := checkDegrees(features); err != nil {
		return err
	}
	flat := azimuthal(middle(features))
	if how == election.Mercator {
		flat = func(p orb.Point) orb.Point {
			m := project.WGS84.ToMercator(p)
			return orb.Point{m[0], -m[1]}
		}
	}
	return each(features, func(name string, p *orb.Point) error {
		if how == election.Mercator && math.Abs(p[1]) > mercatorEnds {
			return fmt.Errorf("the outline %q has the point %v, and Mercator's projection ends at %v degrees: use another", name, *p, mercatorEnds)
		}
		if *p = flat(*p); math.IsNaN(p[0]+p[1]) || math.IsInf(p[0]+p[1], 0) {
			return fmt.Errorf("the outline %q reaches too far round the globe to be flat: use another projection", name)
		}
		return nil
	})
}

// mercatorEnds is the latitude at which maps on the web end: there the globe is a square.
const mercatorEnds = 85.05

// each changes every point.
func each(features []feature, change func(name string, p *orb.Point) error) error {
	for _, f := range features {
		for _, polygon := range f.polygons {
			for _, r := range polygon {
				for i := range r {
					if err := change(f.name, &r[i]); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func checkDegrees(features []feature) error {
	return each(features, func(name string, p *orb.Point) error {
		if math.Abs(p[0]) > 360 || math.Abs(p[1]) > 90 {
			return fmt.Errorf("the outline %q has the point %v, which isn't in degrees: say projection: planar where they are flat already", name, *p)
		}
		return nil
	})
}

// middle is the mean of all points, as directions from the middle of the globe, in degrees.
func middle(features []feature) orb.Point {
	var x, y, z float64
	_ = each(features, func(_ string, p *orb.Point) error {
		lon, lat := p[0]*math.Pi/180, p[1]*math.Pi/180
		x, y, z = x+math.Cos(lat)*math.Cos(lon), y+math.Cos(lat)*math.Sin(lon), z+math.Sin(lat)
		return nil
	})
	return orb.Point{math.Atan2(y, x) * 180 / math.Pi, math.Atan2(z, math.Hypot(x, y)) * 180 / math.Pi}
}

// azimuthal is Lambert's azimuthal equal-area projection of a sphere of radius 1 about a point
// (Snyder, Map Projections: A Working Manual, 1987, equations 24-2 to 24-4).
func azimuthal(about orb.Point) func(orb.Point) orb.Point {
	sin0, cos0 := math.Sincos(about[1] * math.Pi / 180)
	return func(p orb.Point) orb.Point {
		sin, cos := math.Sincos(p[1] * math.Pi / 180)
		sinLon, cosLon := math.Sincos((p[0] - about[0]) * math.Pi / 180)
		k := math.Sqrt(2 / (1 + sin0*sin + cos0*cos*cosLon)) // infinite opposite of the middle
		return orb.Point{k * cos * sinLon, -k * (cos0*sin - sin0*cos*cosLon)}
	}
}
