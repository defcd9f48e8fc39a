package geography

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// measure are functions that measure.
var measure = function.Group{
	Scalars: map[string]function.Scalar{
		"st_area":              sphere("bq_geo_area", 1),
		"st_length":            sphere("bq_geo_length", 1),
		"st_perimeter":         sphere("bq_geo_perimeter", 1),
		"st_distance":          sphere("bq_geo_distance", 2),
		"st_maxdistance":       sphere("bq_geo_max_distance", 2),
		"st_azimuth":           function.SQL("bq_geo_azimuth($1, $2)"),
		"st_angle":             function.SQL("bq_geo_angle($1, $2, $3)"),
		"st_boundingbox":       func(c *function.Call) string { return box(c.Fill("bq_geo_box($1, FALSE)"), c.Type) },
		"st_hausdorffdistance": hausdorff,
		"st_linelocatepoint":   function.SQL("bq_geo_locate($1, $2)"),
	},
	Natives: []function.Native{
		native("bq_geo_area", "ST_Area", function.Double, nil, func(g value, _ []driver.Value) (any, error) { return g.Area(), nil }),
		native("bq_geo_length", "ST_Length", function.Double, nil, func(g value, _ []driver.Value) (any, error) { return g.Length(), nil }),
		native("bq_geo_perimeter", "ST_Perimeter", function.Double, nil, func(g value, _ []driver.Value) (any, error) { return g.Perimeter(), nil }),
		unlessEmpty("bq_geo_distance", "ST_Distance", function.Double, nil, func(g, h value, _ []driver.Value) (any, error) {
			return geography.Distance(g, h), nil
		}),
		unlessEmpty("bq_geo_max_distance", "ST_MaxDistance", function.Double, nil, func(g, h value, _ []driver.Value) (any, error) {
			return geography.MaxDistance(g, h), nil
		}),
		unlessEmpty("bq_geo_hausdorff", "ST_HausdorffDistance", function.Double, function.Types{function.Boolean}, func(g, h value, rest []driver.Value) (any, error) {
			return geography.HausdorffDistance(g, h, rest[0].(bool)), nil
		}),
		native2("bq_geo_azimuth", "ST_Azimuth", function.Double, nil, azimuth),
		native2("bq_geo_angle", "ST_Angle", function.Double, function.Types{function.Text}, angle),
		native2("bq_geo_locate", "ST_LineLocatePoint", function.Double, nil, locate),
		nativeList("bq_geo_box", "ST_BoundingBox", function.TextList, function.Types{function.Boolean}, func(list []value, rest []driver.Value) (any, error) {
			b, ok := geography.Bound(list, rest[0].(bool))
			if !ok {
				return nil, nil
			}
			var texts []string
			for _, x := range []float64{b.West, b.South, b.East, b.North} {
				texts = append(texts, strconv.FormatFloat(x, 'g', -1, 64))
			}
			return texts, nil
		}),
	},
}

// unlessEmpty is native2 for a function that is NULL if a value is empty.
func unlessEmpty(name, display string, result duckdb.Type, args function.Types, f func(g, h value, rest []driver.Value) (any, error)) function.Native {
	return native2(name, display, result, args, func(g, h value, rest []driver.Value) (any, error) {
		if g.Empty() || h.Empty() {
			return nil, nil
		}
		return f(g, h, rest)
	})
}

// box is a STRUCT of the four numbers of a list of texts.
func box(texts string, typ *types.Type) string {
	var fields []string
	for i := range typ.Fields {
		fields = append(fields, fmt.Sprintf("%s := CAST(b_[%d] AS DOUBLE)", types.Quote(typ.Key(i)), i+1))
	}
	return fmt.Sprintf("list_transform([%s], lambda b_: CASE WHEN b_ IS NULL THEN NULL ELSE struct_pack(%s) END)[1]", texts, strings.Join(fields, ", "))
}

// hausdorff takes the argument directed.
func hausdorff(c *function.Call) string {
	return "bq_geo_hausdorff(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "FALSE") + ")"
}

func azimuth(g, h value, _ []driver.Value) (any, error) {
	p, err := point(g)
	if err != nil {
		return nil, err
	}
	q, err := point(h)
	if err != nil {
		return nil, err
	}
	return known(geography.Azimuth(p, q))
}

func angle(g, h value, rest []driver.Value) (any, error) {
	i, err := decode(rest[0].(string))
	if err != nil {
		return nil, err
	}
	p, err := point(g)
	if err != nil {
		return nil, err
	}
	at, err := point(h)
	if err != nil {
		return nil, err
	}
	q, err := point(i)
	if err != nil {
		return nil, err
	}
	return known(geography.Angle(p, at, q))
}

// known is NULL for an angle that doesn't exist.
func known(a float64, ok bool) (any, error) {
	if !ok {
		return nil, nil
	}
	return a, nil
}

func locate(g, h value, _ []driver.Value) (any, error) {
	l, ok := g.SingleLine()
	if !ok {
		return nil, errSingleLine
	}
	p, err := point(h)
	if err != nil {
		return nil, err
	}
	return geography.Locate(l, p), nil
}
