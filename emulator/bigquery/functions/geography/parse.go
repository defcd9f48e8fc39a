package geography

import (
	"database/sql/driver"
	"encoding/hex"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// parse are functions that read notations.
var parse = function.Group{
	Scalars: map[string]function.Scalar{
		"st_geogfromtext":         parser("bq_geo_from_text"),
		"st_geogfromwkb":          parser("bq_geo_from_wkb"),
		"st_geogfromgeojson":      parser("bq_geo_from_json"),
		"st_geogfrom":             geogFrom,
		"st_geogpointfromgeohash": function.SQL("bq_geo_from_hash($1)"),
	},
	Natives: []function.Native{
		reader("bq_geo_from_text", "ST_GeogFromText", func(s string, o geography.Options) (value, error) { return geography.FromText(s, o) }),
		reader("bq_geo_from_json", "ST_GeogFromGeoJSON", func(s string, _ geography.Options) (value, error) { return geography.FromJSON(s) }),
		reader("bq_geo_from_wkb", "ST_GeogFromWKB", fromHex),
		reader("bq_geo_from", "ST_GeogFrom", func(s string, o geography.Options) (value, error) { return geography.FromAny(s, o) }),
		{Name: "bq_geo_from_hash", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return named("ST_GeogPointFromGeoHash", func() (any, error) { return fromGeoHash(a[0].(string)) })
		}},
	},
}

// reader makes a function of a text and of the options oriented and planar.
func reader(name, display string, read func(s string, o geography.Options) (value, error)) function.Native {
	return function.Native{
		Name: name, Args: function.Types{function.Text, function.Boolean, function.Boolean}, Result: function.Text,
		Call: func(a []driver.Value) (any, error) {
			o := geography.Options{Oriented: a[1].(bool), Planar: a[2].(bool)}
			return named(display, func() (any, error) { return read(a[0].(string), o) })
		},
	}
}

func fromHex(s string, o geography.Options) (value, error) {
	data, err := hex.DecodeString(s)
	if err != nil {
		return nil, function.Errorf("Invalid hexadecimal WKB")
	}
	return geography.FromBinary(data, o)
}

// parser takes the options oriented, planar and make_valid where the analyzer has them.
func parser(native string) function.Scalar {
	return func(c *function.Call) string {
		text := c.Args[0]
		if c.Types[0].Kind == types.Bytes {
			text = "hex(" + text + ")"
		}
		options := []string{"FALSE", "FALSE", "FALSE"}
		for i, arg := range c.Args[1:] {
			if i == len(options) {
				bqerror.Refuse("%s with %d arguments", c.Display(), len(c.Args))
			}
			if !literalFalse(c.Nodes[i+1]) {
				options[i] = "coalesce(" + arg + ", FALSE)"
			}
		}
		if c.Name == "st_geogfromgeojson" {
			options = []string{"FALSE", "FALSE", options[0]}
		}
		if options[2] != "FALSE" {
			bqerror.Refuse("%s with make_valid", c.Display())
		}
		return native + "(" + text + ", " + strings.Join(options[:2], ", ") + ")"
	}
}

// geogFrom takes any notation.
func geogFrom(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		return c.Fill("bq_geo_from_wkb(hex($1), FALSE, FALSE)")
	}
	return c.Fill("bq_geo_from($1, FALSE, FALSE)")
}
