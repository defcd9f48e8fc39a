package numbers

import (
	"database/sql/driver"
	"math/bits"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// bitwise are the operators on bits of INT64 and BYTES.
var bitwise = function.Group{
	Scalars: map[string]function.Scalar{
		"bit_count":            bitCount,
		"$bitwise_and":         function.SQL("($1 & $2)"),
		"$bitwise_or":          function.SQL("($1 | $2)"),
		"$bitwise_xor":         function.SQL("xor($1, $2)"),
		"$bitwise_not":         function.SQL("(~$1)"),
		"$bitwise_left_shift":  function.SQL("bq_shift_left($1, $2)"),
		"$bitwise_right_shift": function.SQL("bq_shift_right($1, $2)"),
	},
	Natives: []function.Native{
		{Name: "bq_shift", Args: function.Types{function.Integer, function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			x, n := uint64(a[0].(int64)), a[1].(int64)
			if n < 0 {
				return int64(x >> uint(-n)), nil
			}
			return int64(x << uint(n)), nil
		}},
		{Name: "bq_bit_count_bytes", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			n := 0
			for _, b := range a[0].([]byte) {
				n += bits.OnesCount8(b)
			}
			return int64(n), nil
		}},
	},
	Macros: []string{
		`bq_shift_left(x, n) AS CASE WHEN n < 0 THEN bq_error('Shift by a negative number')::BIGINT WHEN n >= 64 THEN 0
		ELSE bq_shift(x, n) END`,
		`bq_shift_right(x, n) AS CASE WHEN n < 0 THEN bq_error('Shift by a negative number')::BIGINT WHEN n >= 64 THEN 0
		ELSE bq_shift(x, -n) END`,
	},
}

func bitCount(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		return c.Fill("bq_bit_count_bytes($1)")
	}
	return c.Fill("bit_count($1)")
}
