package functions

import (
	"database/sql/driver"

	"github.com/dgryski/go-farm"
	"github.com/duckdb/duckdb-go/v2"
)

// otherFunctions belong to no family.
var otherFunctions = []scalar{
	{name: "bq_farm_fingerprint", args: []duckdb.Type{blob}, result: integer, call: func(a []driver.Value) (any, error) {
		return int64(farm.Fingerprint64(a[0].([]byte))), nil
	}},
}
