// Package columnar writes rows in Avro and in Arrow, with BigQuery's schemas for its types: those of
// https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details and
// https://cloud.google.com/bigquery/docs/reference/storage#avro_schema_details.
package columnar

import (
	"errors"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// ErrName is the error of a name that the format doesn't allow.
var ErrName = errors.New("the name of a field")

func unsupported(c *Column) error {
	return fmt.Errorf("field %s: the type %s is not supported by the emulator in this format", c.Name, c.Type)
}

// The digits after the point of NUMERIC and BIGNUMERIC.
const (
	numericScale    = 9
	bigNumericScale = 38
)

// scaleOf is the scale of a decimal type.
func scaleOf(k types.Kind) (scale int, ok bool) {
	switch k {
	case types.Numeric:
		return numericScale, true
	case types.BigNumeric:
		return bigNumericScale, true
	}
	return 0, false
}
