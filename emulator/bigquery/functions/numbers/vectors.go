package numbers

import (
	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// vectors are functions of vectors, which are arrays of numbers.
var vectors = function.Group{
	Scalars: map[string]function.Scalar{
		"dot_product":        function.SQL("list_dot_product(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))"),
		"manhattan_distance": function.SQL("list_sum(list_transform(range(len($1)), lambda i_: abs($1[i_ + 1] - $2[i_ + 1])))"),
		"l1_norm":            function.SQL("list_sum(list_transform($1, lambda e_: abs(e_)))"),
		"l2_norm":            function.SQL("sqrt(list_sum(list_transform($1, lambda e_: e_ * e_)))"),
		"euclidean_distance": vectorDistance("euclidean"),
		"cosine_distance":    vectorDistance("cosine"),
	},
}

func vectorDistance(kind string) function.Scalar {
	return func(c *function.Call) string {
		if c.Types[0].Elem.Kind == types.Struct {
			bqerror.Refuse("%s of sparse vectors", c.Display())
		}
		if kind == "euclidean" {
			return c.Fill("list_distance(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))")
		}
		return c.Fill("list_cosine_distance(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))")
	}
}
