package times

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// InRange raises an error for a DATE, a DATETIME or a TIMESTAMP outside of the years 1 to
// 9999, which DuckDB has and BigQuery hasn't. The message is an expression. The value is
// written twice.
func InRange(value string, typ *types.Type, message string) string {
	low, high := "DATE '0001-01-01'", "DATE '9999-12-31'"
	switch typ.Kind {
	case types.Datetime, types.Timestamp:
		low, high = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'"
	case types.Date:
	default:
		return value
	}
	return fmt.Sprintf("CASE WHEN CAST(%[1]s AS %[2]s) NOT BETWEEN %[3]s AND %[4]s THEN %[5]s ELSE CAST(%[1]s AS %[2]s) END",
		value, typ.DuckDB(), low, high, ducksql.Error(message, typ))
}

// OutOfRange words the error of a value of a type.
func OutOfRange(typ *types.Type) string {
	return fmt.Sprintf("'The %s is out of the supported range, from 0001-01-01 to 9999-12-31'", typ.Kind)
}
