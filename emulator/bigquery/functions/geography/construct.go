package geography

import (
	"database/sql/driver"
	"strings"

	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// construct are functions that build values of coordinates or of other values.
var construct = function.Group{
	Scalars: map[string]function.Scalar{
		"st_geogpoint":           function.SQL("bq_geo_point($1, $2)"),
		"st_makeline":            makeLine,
		"st_makepolygon":         makePolygon,
		"st_makepolygonoriented": function.SQL("bq_geo_polygon_oriented(bq_geo_complete($1))"),
	},
	Natives: []function.Native{
		{Name: "bq_geo_point", Args: function.Types{function.Double, function.Double}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return named("ST_GeogPoint", func() (any, error) {
				p, err := geography.FromDegrees(a[0].(float64), a[1].(float64))
				return geography.Point(p), err
			})
		}},
		nativeList("bq_geo_line", "ST_MakeLine", function.Text, nil, func(list []value, _ []driver.Value) (any, error) { return geography.MakeLine(list) }),
		nativeList("bq_geo_polygon", "ST_MakePolygon", function.Text, nil, func(list []value, _ []driver.Value) (any, error) {
			return polygonOf(list, false)
		}),
		nativeList("bq_geo_polygon_oriented", "ST_MakePolygonOriented", function.Text, nil, func(list []value, _ []driver.Value) (any, error) {
			return polygonOf(list, true)
		}),
	},
	// An array with a NULL element makes NULL.
	Macros: []string{"bq_geo_complete(a) AS CASE WHEN list_count(a) < len(a) THEN NULL ELSE array_to_string(a, ' ') END"},
}

// makeLine takes two values or an array.
func makeLine(c *function.Call) string {
	if c.Types[0].Kind == types.Array {
		return c.Fill("bq_geo_line(bq_geo_complete($1))")
	}
	return "bq_geo_line(" + strings.Join(c.Args, " || ' ' || ") + ")"
}

// makePolygon takes a shell, and an array of holes.
func makePolygon(c *function.Call) string {
	if len(c.Args) > 1 {
		return c.Fill("bq_geo_polygon($1 || ' ' || bq_geo_complete($2))")
	}
	return c.Fill("bq_geo_polygon($1)")
}

// polygonOf makes a polygon of lines, the first of which is its shell.
func polygonOf(list []value, oriented bool) (value, error) {
	var rings [][]s2.Point
	for _, g := range list {
		l, ok := g.SingleLine()
		if g.Empty() {
			return nil, function.Errorf("a polygon of an empty ring is not supported by this emulator")
		}
		if !ok {
			return nil, function.Errorf("Each input must consist of exactly one linestring")
		}
		if l[0] == l[len(l)-1] {
			l = l[:len(l)-1]
		}
		rings = append(rings, l)
	}
	p, err := geography.NewPolygon(rings, oriented)
	if err != nil {
		return nil, err
	}
	return &geography.Geography{Polygons: []geography.Polygon{p}}, nil
}
