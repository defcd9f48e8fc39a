package geography

import (
	"database/sql/driver"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// format are functions that write notations.
var format = function.Group{
	Scalars: map[string]function.Scalar{
		"st_astext":    function.SQL("bq_geo_text($1)"),
		"st_asgeojson": function.ByCount(map[int]string{1: "bq_geo_json($1)"}),
		"st_asbinary":  function.SQL("bq_geo_wkb($1)"),
		"st_geohash":   function.ByCount(map[int]string{1: "bq_geo_hash($1, 20)", 2: "bq_geo_hash($1, $2)"}),
	},
	Natives: []function.Native{
		native("bq_geo_text", "ST_AsText", function.Text, nil, func(g value, _ []driver.Value) (any, error) { return g.Text(), nil }),
		native("bq_geo_json", "ST_AsGeoJSON", function.Text, nil, func(g value, _ []driver.Value) (any, error) { return g.JSON() }),
		native("bq_geo_wkb", "ST_AsBinary", function.Blob, nil, func(g value, _ []driver.Value) (any, error) { return g.Binary() }),
		native("bq_geo_hash", "ST_GeoHash", function.Text, function.Types{function.Integer}, func(g value, rest []driver.Value) (any, error) {
			if g.Empty() {
				return nil, nil
			}
			p, ok := g.SinglePoint()
			if !ok {
				return nil, errSinglePoint
			}
			chars := rest[0].(int64)
			if chars < 1 || chars > 20 {
				chars = 20
			}
			return geoHash(p, int(chars)), nil
		}),
	},
}
