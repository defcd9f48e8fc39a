package text

import (
	"database/sql/driver"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// substring are parts of a text by position.
var substring = function.Group{
	Scalars: map[string]function.Scalar{
		"substr": substr,
		"left":   function.ByKind("bq_left($1, $2)", "bq_bytes_substr($1, 1, $2)"),
		"right":  function.ByKind("bq_right($1, $2)", "bq_bytes_right($1, $2)"),
	},
	Natives: []function.Native{
		{Name: "bq_bytes_substr", Args: function.Types{function.Blob, function.Integer, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, position, length := a[0].([]byte), a[1].(int64), a[2].(int64)
			if length < 0 {
				return nil, function.Errorf("Third argument in SUBSTR() cannot be negative")
			}
			switch {
			case position < 0:
				position = max(int64(len(b))+position+1, 1)
			case position == 0:
				position = 1
			}
			if position > int64(len(b)) {
				return []byte{}, nil
			}
			b = b[position-1:]
			return b[:min(length, int64(len(b)))], nil
		}},
		{Name: "bq_bytes_right", Args: function.Types{function.Blob, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, n := a[0].([]byte), a[1].(int64)
			if n < 0 {
				return nil, function.Errorf("Second argument in RIGHT() cannot be negative")
			}
			return b[max(int64(len(b))-n, 0):], nil
		}},
	},
	Macros: []string{
		`bq_substr_from(s, p) AS substr(s, CASE WHEN p = 0 THEN 1 WHEN p < 0 THEN greatest(length(s) + p + 1, 1) ELSE p END)`,
		`bq_substr(s, p, n) AS CASE WHEN n < 0 THEN bq_error('Third argument in SUBSTR() cannot be negative')
		ELSE substr(s, CASE WHEN p = 0 THEN 1 WHEN p < 0 THEN greatest(length(s) + p + 1, 1) ELSE p END, CASE WHEN n > 4294967295 THEN 4294967295 ELSE n END) END`,
		`bq_left(s, n) AS CASE WHEN s IS NULL THEN NULL WHEN n < 0 THEN bq_error('Second argument in LEFT() cannot be negative') ELSE left(s, CASE WHEN n > 4294967295 THEN 4294967295 ELSE n END) END`,
		`bq_right(s, n) AS CASE WHEN n < 0 THEN bq_error('Second argument in RIGHT() cannot be negative') ELSE right(s, CASE WHEN n > 4294967295 THEN 4294967295 ELSE n END) END`,
	},
}

func substr(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		return "bq_bytes_substr(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "9223372036854775807") + ")"
	}
	if len(c.Args) == 2 {
		return c.Fill("bq_substr_from($1, $2)")
	}
	return c.Fill("bq_substr($1, $2, $3)")
}
