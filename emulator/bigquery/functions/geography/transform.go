package geography

import (
	"database/sql/driver"
	"errors"
	"math"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// transform are functions that make values of others.
var transform = function.Group{
	Scalars: map[string]function.Scalar{
		"st_union":                union,
		"st_intersection":         function.SQL("bq_geo_intersection($1, $2)"),
		"st_difference":           function.SQL("bq_geo_difference($1, $2)"),
		"st_boundary":             function.SQL("bq_geo_boundary($1)"),
		"st_centroid":             function.SQL("bq_geo_centroid($1)"),
		"st_convexhull":           function.SQL("bq_geo_hull($1)"),
		"st_closestpoint":         sphere("bq_geo_closest", 2),
		"st_simplify":             function.SQL("bq_geo_simplify($1, $2)"),
		"st_snaptogrid":           function.SQL("bq_geo_snap($1, $2)"),
		"st_lineinterpolatepoint": function.SQL("bq_geo_interpolate($1, $2)"),
		"st_linesubstring":        function.SQL("bq_geo_substring($1, $2, $3)"),
		"st_buffer":               buffer("bq_geo_buffer"),
		"st_bufferwithtolerance":  buffer("bq_geo_buffer_tolerance"),
	},
	Natives: []function.Native{
		nativeList("bq_geo_union", "ST_Union", function.Text, nil, func(list []value, _ []driver.Value) (any, error) { return geography.UnionAll(list) }),
		native2("bq_geo_intersection", "ST_Intersection", function.Text, nil, func(g, h value, _ []driver.Value) (any, error) { return geography.Intersection(g, h) }),
		native2("bq_geo_difference", "ST_Difference", function.Text, nil, func(g, h value, _ []driver.Value) (any, error) { return geography.Difference(g, h) }),
		native("bq_geo_boundary", "ST_Boundary", function.Text, nil, func(g value, _ []driver.Value) (any, error) { return g.Boundary(), nil }),
		nativeList("bq_geo_centroid", "ST_Centroid", function.Text, nil, func(list []value, _ []driver.Value) (any, error) { return centroid(list), nil }),
		native("bq_geo_hull", "ST_ConvexHull", function.Text, nil, func(g value, _ []driver.Value) (any, error) {
			if g.Empty() {
				return nil, nil
			}
			return g.ConvexHull()
		}),
		unlessEmpty("bq_geo_closest", "ST_ClosestPoint", function.Text, nil, func(g, h value, _ []driver.Value) (any, error) {
			p, err := geography.ClosestPoint(g, h)
			return geography.Point(p), err
		}),
		native("bq_geo_simplify", "ST_Simplify", function.Text, function.Types{function.Double}, func(g value, rest []driver.Value) (any, error) {
			return g.Simplify(rest[0].(float64))
		}),
		native("bq_geo_snap", "ST_SnapToGrid", function.Text, function.Types{function.Double}, func(g value, rest []driver.Value) (any, error) {
			exponent := math.Round(-math.Log10(rest[0].(float64)))
			if !(exponent >= 1 && exponent <= 9) {
				return nil, errors.New("the grid size must be between 1e-9 and 0.1 degrees")
			}
			return g.SnapToGrid(int(exponent))
		}),
		native("bq_geo_interpolate", "ST_LineInterpolatePoint", function.Text, function.Types{function.Double}, interpolate),
		native("bq_geo_substring", "ST_LineSubstring", function.Text, function.Types{function.Double, function.Double}, substring),
		native("bq_geo_buffer", "ST_Buffer", function.Text, function.Types{function.Double, function.Double}, func(g value, rest []driver.Value) (any, error) {
			return buffered(g, rest[0].(float64), int(math.Ceil(4*rest[1].(float64))))
		}),
		native("bq_geo_buffer_tolerance", "ST_BufferWithTolerance", function.Text, function.Types{function.Double, function.Double}, func(g value, rest []driver.Value) (any, error) {
			radius, tolerance := rest[0].(float64), rest[1].(float64)
			if !(tolerance > 0) {
				return nil, errors.New("the tolerance must be positive")
			}
			return buffered(g, radius, corners(min(tolerance/radius, 1)))
		}),
	},
}

// union takes two values or an array.
func union(c *function.Call) string {
	if c.Types[0].Kind == types.Array {
		return "bq_geo_union(" + list(c.Args[0]) + ")"
	}
	return c.Fill("bq_geo_union($1 || ' ' || $2)")
}

func centroid(list []value) any {
	for _, g := range list {
		if !g.Empty() {
			return geography.Point(geography.Centroid(list...))
		}
	}
	return &geography.Geography{}
}

func interpolate(g value, rest []driver.Value) (any, error) {
	fraction := rest[0].(float64)
	if !(fraction >= 0 && fraction <= 1) {
		return nil, errors.New("the fraction must be between 0 and 1")
	}
	if g.Empty() {
		return g, nil
	}
	l, ok := g.SingleLine()
	if !ok {
		return nil, errSingleLine
	}
	return geography.Point(geography.Interpolate(l, fraction)), nil
}

func substring(g value, rest []driver.Value) (any, error) {
	from, to := rest[0].(float64), rest[1].(float64)
	if !(from >= 0 && from <= to && to <= 1) {
		return nil, errors.New("fractions must be between 0 and 1, the lower one first")
	}
	l, ok := g.SingleLine()
	if !ok {
		return nil, errSingleLine
	}
	return geography.Substring(l, from, to), nil
}
