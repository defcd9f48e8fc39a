package geography

import (
	"database/sql/driver"
	"errors"
	"math"
	"strconv"

	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// cells are functions of the cells of S2.
var cells = function.Group{
	Scalars: map[string]function.Scalar{
		"s2_cellidfrompoint": function.ByCount(map[int]string{1: "bq_geo_cell($1, 30)", 2: "bq_geo_cell($1, coalesce($2, 30))"}),
		"s2_coveringcellids": covering,
	},
	Natives: []function.Native{
		native("bq_geo_cell", "S2_CellIdFromPoint", function.Integer, function.Types{function.Integer}, func(g value, rest []driver.Value) (any, error) {
			level := rest[0].(int64)
			if level < 0 || level > s2.MaxLevel {
				return nil, errLevel
			}
			p, err := point(g)
			if err != nil {
				return nil, err
			}
			return cellOf(p, int(level)), nil
		}),
		native("bq_geo_covering", "S2_CoveringCellIds", function.TextList, function.Types{function.Integer, function.Integer, function.Integer}, coverWith),
	},
}

var errLevel = errors.New("the level must be between 0 and 30")

// covering takes the arguments min_level, max_level, max_cells and buffer.
func covering(c *function.Call) string {
	defaults := []string{"0", "30", "8"}
	for i := range defaults {
		if i+1 < len(c.Args) {
			defaults[i] = "coalesce(" + c.Args[i+1] + ", " + defaults[i] + ")"
		}
	}
	if len(c.Nodes) > 4 {
		if l, ok := c.Nodes[4].(*resolved.Literal); !ok || l.Value != nil && l.Value != 0.0 {
			bqerror.Refuse("%s with a buffer", c.Display())
		}
	}
	return "CAST(bq_geo_covering(" + c.Args[0] + ", " + defaults[0] + ", " + defaults[1] + ", " + defaults[2] + ") AS BIGINT[])"
}

func coverWith(g value, rest []driver.Value) (any, error) {
	low, high, most := rest[0].(int64), rest[1].(int64), rest[2].(int64)
	if low < 0 || high > s2.MaxLevel || low > high {
		return nil, errLevel
	}
	if most < 1 || most > math.MaxInt32 {
		return nil, errors.New("max_cells must be positive")
	}
	texts := []string{}
	for _, id := range coverings(g, int(low), int(high), int(most)) {
		texts = append(texts, strconv.FormatInt(id, 10))
	}
	return texts, nil
}

// cellOf is the number of the cell of a level that a point is in.
func cellOf(p s2.Point, level int) int64 {
	return int64(s2.CellFromPoint(p).ID().Parent(level))
}

// coverings are the numbers of cells that cover a value: as few as serve, of certain levels.
func coverings(g value, low, high, most int) []int64 {
	ids := []int64{}
	if g.Empty() {
		return ids
	}
	if p, ok := g.SinglePoint(); ok {
		return append(ids, cellOf(p, high))
	}
	coverer := s2.RegionCoverer{MinLevel: low, MaxLevel: high, MaxCells: most, LevelMod: 1}
	for _, id := range coverer.Covering(g.Region()) {
		ids = append(ids, int64(id))
	}
	return ids
}
