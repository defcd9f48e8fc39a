package geography

import (
	"database/sql/driver"
	"errors"

	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

var (
	errSinglePoint   = errors.New("the argument must be a single point")
	errSingleLine    = errors.New("the argument must be a single linestring")
	errSinglePolygon = errors.New("the argument must be a single polygon")
)

// inspect are functions that tell what a value consists of.
var inspect = function.Group{
	Scalars: map[string]function.Scalar{
		"st_x":             function.SQL("bq_geo_x($1)"),
		"st_y":             function.SQL("bq_geo_y($1)"),
		"st_dimension":     function.SQL("bq_geo_dimension($1)"),
		"st_geometrytype":  function.SQL("bq_geo_type($1)"),
		"st_isclosed":      function.SQL("bq_geo_closed($1)"),
		"st_iscollection":  function.SQL("bq_geo_size($1) > 1"),
		"st_isempty":       function.SQL("bq_geo_size($1) = 0"),
		"st_isring":        function.SQL("bq_geo_ring($1)"),
		"st_numpoints":     function.SQL("bq_geo_vertices($1)"),
		"st_numgeometries": function.SQL("bq_geo_size($1)"),
		"st_pointn":        function.SQL("bq_geo_vertex($1, $2)"),
		"st_startpoint":    function.SQL("bq_geo_start($1)"),
		"st_endpoint":      function.SQL("bq_geo_end($1)"),
		"st_dump":          function.ByCount(map[int]string{1: "bq_geo_dump($1, -1)", 2: "bq_geo_dump($1, $2)"}),
		"st_exteriorring":  function.SQL("bq_geo_shell($1)"),
		"st_interiorrings": function.SQL("bq_geo_holes($1)"),
	},
	Natives: []function.Native{
		native("bq_geo_x", "ST_X", function.Double, nil, func(g value, _ []driver.Value) (any, error) {
			p, err := point(g)
			lng, _ := geography.Degrees(p)
			return lng, err
		}),
		native("bq_geo_y", "ST_Y", function.Double, nil, func(g value, _ []driver.Value) (any, error) {
			p, err := point(g)
			_, lat := geography.Degrees(p)
			return lat, err
		}),
		native("bq_geo_dimension", "ST_Dimension", function.Integer, nil, func(g value, _ []driver.Value) (any, error) { return int64(g.Dimension()), nil }),
		native("bq_geo_type", "ST_GeometryType", function.Text, nil, func(g value, _ []driver.Value) (any, error) { return "ST_" + g.Type(), nil }),
		native("bq_geo_closed", "ST_IsClosed", function.Boolean, nil, func(g value, _ []driver.Value) (any, error) { return g.IsClosed(), nil }),
		native("bq_geo_ring", "ST_IsRing", function.Boolean, nil, func(g value, _ []driver.Value) (any, error) { return g.IsRing(), nil }),
		native("bq_geo_size", "ST_NumGeometries", function.Integer, nil, func(g value, _ []driver.Value) (any, error) { return int64(g.Size()), nil }),
		native("bq_geo_vertices", "ST_NumPoints", function.Integer, nil, func(g value, _ []driver.Value) (any, error) { return int64(g.NumPoints()), nil }),
		vertex("bq_geo_start", "ST_StartPoint", nil, func(int, []driver.Value) int { return 0 }),
		vertex("bq_geo_end", "ST_EndPoint", nil, func(n int, _ []driver.Value) int { return n - 1 }),
		vertex("bq_geo_vertex", "ST_PointN", function.Types{function.Integer}, func(n int, rest []driver.Value) int {
			i := rest[0].(int64)
			switch {
			case i > int64(n) || i < -int64(n):
				return -1
			case i < 0:
				return n + int(i)
			}
			return int(i) - 1
		}),
		native("bq_geo_dump", "ST_Dump", function.TextList, function.Types{function.Integer}, func(g value, rest []driver.Value) (any, error) {
			d := rest[0].(int64)
			if d < -1 || d > 2 {
				return nil, errors.New("the dimension must be between -1 and 2")
			}
			return g.Dump(int(d)), nil
		}),
		native("bq_geo_shell", "ST_ExteriorRing", function.Text, nil, func(g value, _ []driver.Value) (any, error) {
			ring, ok := g.ExteriorRing()
			if !ok {
				return nil, errSinglePolygon
			}
			return ring, nil
		}),
		native("bq_geo_holes", "ST_InteriorRings", function.TextList, nil, func(g value, _ []driver.Value) (any, error) {
			rings, ok := g.InteriorRings()
			if !ok {
				return nil, errSinglePolygon
			}
			return rings, nil
		}),
	},
}

// point is the point that a value consists of.
func point(g value) (s2.Point, error) {
	p, ok := g.SinglePoint()
	if !ok {
		return p, errSinglePoint
	}
	return p, nil
}

// vertex makes a function that takes the vertex of a line at an index.
func vertex(name, display string, args function.Types, index func(n int, rest []driver.Value) int) function.Native {
	return native(name, display, function.Text, args, func(g value, rest []driver.Value) (any, error) {
		l, ok := g.SingleLine()
		if !ok {
			return nil, errSingleLine
		}
		i := index(len(l), rest)
		if i < 0 {
			return nil, errors.New("the linestring has no vertex at the index")
		}
		return geography.Point(l[i]), nil
	})
}
