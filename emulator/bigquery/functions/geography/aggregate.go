package geography

import (
	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// aggregate are functions of all values of a group.
var aggregate = function.Group{
	Aggregates: map[string]function.Aggregate{
		"st_union_agg":    func(a *function.AggregateCall) string { return "bq_geo_union(" + collected(a) + ")" },
		"st_centroid_agg": func(a *function.AggregateCall) string { return "bq_geo_centroid(" + collected(a) + ")" },
		"st_extent":       func(a *function.AggregateCall) string { return box("bq_geo_box("+collected(a)+", TRUE)", a.Type) },
	},
}

// collected is the list of the values of a group that aren't NULL, or NULL.
func collected(a *function.AggregateCall) string {
	if a.Limit != "" {
		bqerror.Refuse("LIMIT in %s", a.Display())
	}
	return list("list(" + a.DistinctWord() + a.Args[0] + a.Order + ")" + a.Filter(a.Args[0]+" IS NOT NULL"))
}
