package numbers

import (
	"database/sql/driver"
	"math/big"
	"math/bits"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// bitwise are the operators on bits of INT64 and BYTES.
var bitwise = function.Group{
	Scalars: map[string]function.Scalar{
		"bit_count":            bitCount,
		"$bitwise_and":         function.ByKind("($1 & $2)", "bq_bytes_bitwise($1, $2, '&')"),
		"$bitwise_or":          function.ByKind("($1 | $2)", "bq_bytes_bitwise($1, $2, '|')"),
		"$bitwise_xor":         function.ByKind("xor($1, $2)", "bq_bytes_bitwise($1, $2, '^')"),
		"$bitwise_not":         function.ByKind("(~$1)", "bq_bytes_not($1)"),
		"$bitwise_left_shift":  function.ByKind("bq_shift_left($1, $2)", "bq_bytes_shift($1, $2, 1)"),
		"$bitwise_right_shift": function.ByKind("bq_shift_right($1, $2)", "bq_bytes_shift($1, $2, -1)"),
	},
	Natives: []function.Native{
		{Name: "bq_shift", Args: function.Types{function.Integer, function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			x, n := uint64(a[0].(int64)), a[1].(int64)
			if n < 0 {
				return int64(x >> uint(-n)), nil
			}
			return int64(x << uint(n)), nil
		}},
		{Name: "bq_bytes_bitwise", Args: function.Types{function.Blob, function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return bytesBitwise(a[0].([]byte), a[1].([]byte), a[2].(string))
		}},
		{Name: "bq_bytes_not", Args: function.Types{function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			out := make([]byte, len(a[0].([]byte)))
			for i, b := range a[0].([]byte) {
				out[i] = ^b
			}
			return out, nil
		}},
		{Name: "bq_bytes_shift", Args: function.Types{function.Blob, function.Integer, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			if a[1].(int64) < 0 {
				return nil, function.Errorf("Shift by a negative number")
			}
			return shiftBytes(a[0].([]byte), a[1].(int64), a[2].(int64) > 0), nil
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

// bytesBitwise combines the bits of BYTES of one length.
func bytesBitwise(x, y []byte, operator string) (any, error) {
	if len(x) != len(y) {
		return nil, function.Errorf("Bitwise binary operator for BYTES requires equal length of the inputs. Got %d byte(s) on the left hand side and %d byte(s) on the right hand side.", len(x), len(y))
	}
	out := make([]byte, len(x))
	for i := range x {
		switch operator {
		case "&":
			out[i] = x[i] & y[i]
		case "|":
			out[i] = x[i] | y[i]
		default:
			out[i] = x[i] ^ y[i]
		}
	}
	return out, nil
}

// shiftBytes moves the bits of all bytes together, of which the first holds the highest. Zeros move in.
func shiftBytes(x []byte, n int64, left bool) []byte {
	out := make([]byte, len(x))
	if n >= int64(len(x))*8 {
		return out
	}
	number := new(big.Int).SetBytes(x)
	if left {
		number.Lsh(number, uint(n))
		number.And(number, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(len(x))*8), big.NewInt(1)))
	} else {
		number.Rsh(number, uint(n))
	}
	return number.FillBytes(out)
}

func bitCount(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		return c.Fill("bq_bit_count_bytes($1)")
	}
	return c.Fill("bit_count($1)")
}
