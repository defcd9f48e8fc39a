package geography

import (
	"database/sql/driver"
	"errors"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

// relate are predicates of two values.
var relate = function.Group{
	Scalars: map[string]function.Scalar{
		"st_intersects":       function.SQL("bq_geo_intersects($1, $2)"),
		"st_disjoint":         function.SQL("(NOT bq_geo_intersects($1, $2))"),
		"st_contains":         function.SQL("bq_geo_contains($1, $2)"),
		"st_within":           function.SQL("bq_geo_contains($2, $1)"),
		"st_covers":           function.SQL("bq_geo_covers($1, $2)"),
		"st_coveredby":        function.SQL("bq_geo_covers($2, $1)"),
		"st_touches":          function.SQL("bq_geo_touches($1, $2)"),
		"st_equals":           function.SQL("bq_geo_equals($1, $2)"),
		"st_dwithin":          sphere("bq_geo_near", 3),
		"st_hausdorffdwithin": hausdorffWithin,
		"st_intersectsbox":    function.SQL("bq_geo_intersects_box($1, $2, $3, $4, $5)"),
	},
	Natives: []function.Native{
		predicate("bq_geo_intersects", "ST_Intersects", geography.Intersects),
		predicate("bq_geo_contains", "ST_Contains", geography.Contains),
		predicate("bq_geo_covers", "ST_Covers", geography.Covers),
		predicate("bq_geo_touches", "ST_Touches", geography.Touches),
		predicate("bq_geo_equals", "ST_Equals", geography.Equals),
		native2("bq_geo_near", "ST_DWithin", function.Boolean, function.Types{function.Double}, func(g, h value, rest []driver.Value) (any, error) {
			return !g.Empty() && !h.Empty() && geography.Distance(g, h) <= rest[0].(float64), nil
		}),
		native("bq_geo_intersects_box", "ST_IntersectsBox", function.Boolean,
			function.Types{function.Double, function.Double, function.Double, function.Double}, intersectsBox),
	},
}

func predicate(name, display string, f func(g, h value) bool) function.Native {
	return native2(name, display, function.Boolean, nil, func(g, h value, _ []driver.Value) (any, error) { return f(g, h), nil })
}

// hausdorffWithin takes the argument directed.
func hausdorffWithin(c *function.Call) string {
	return "(bq_geo_hausdorff(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(3, "FALSE") + ") <= " + c.Args[2] + ")"
}

func intersectsBox(g value, rest []driver.Value) (any, error) {
	b := geography.Box{West: rest[0].(float64), South: rest[1].(float64), East: rest[2].(float64), North: rest[3].(float64)}
	if b.South < -90 || b.North > 90 || b.South > b.North {
		return nil, errors.New("latitudes must be in the range [-90, 90], the lower one first")
	}
	return geography.IntersectsBox(g, b)
}
