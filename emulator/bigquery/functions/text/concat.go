package text

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// concat are functions that join, repeat, reverse and split texts.
var concat = function.Group{
	Scalars: map[string]function.Scalar{
		"concat":  function.Joined(" || "),
		"repeat":  function.ByKind("bq_repeat($1, $2)", "bq_bytes_repeat($1, $2)"),
		"reverse": function.ByKind("bq_reverse($1)", "bq_bytes_reverse($1)"),
		"split":   split,
	},
	Natives: []function.Native{
		{Name: "bq_reverse", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			r := []rune(a[0].(string))
			for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
				r[i], r[j] = r[j], r[i]
			}
			return string(r), nil
		}},
		{Name: "bq_split", Args: function.Types{function.Text, function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			s, separator := a[0].(string), a[1].(string)
			if s == "" {
				return []string{""}, nil
			}
			return strings.Split(s, separator), nil
		}},
		{Name: "bq_bytes_split", Args: function.Types{function.Blob, function.Blob}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			value, separator, list := a[0].([]byte), a[1].([]byte), []string{}
			parts := bytes.Split(value, separator)
			if len(separator) == 0 { // bytes.Split would keep the bytes of a character together
				parts = slices.Collect(slices.Chunk(value, 1))
			}
			for _, part := range parts {
				list = append(list, hex.EncodeToString(part))
			}
			if len(list) == 0 {
				list = []string{""}
			}
			return list, nil
		}},
		{Name: "bq_bytes_repeat", Args: function.Types{function.Blob, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			if a[1].(int64) < 0 {
				return nil, function.Errorf("Second argument in REPEAT cannot be negative")
			}
			if len(a[0].([]byte)) > 0 && a[1].(int64) > 1<<20/int64(len(a[0].([]byte))) {
				return nil, function.Errorf("Output of REPEAT exceeds max allowed output size of 1MB")
			}
			if len(a[0].([]byte)) == 0 {
				return a[0], nil
			}
			return bytes.Repeat(a[0].([]byte), int(a[1].(int64))), nil
		}},
		{Name: "bq_bytes_reverse", Args: function.Types{function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b := slices.Clone(a[0].([]byte))
			slices.Reverse(b)
			return b, nil
		}},
	},
	Macros: []string{
		`bq_repeat(s, n) AS CASE WHEN n < 0 THEN CAST(bq_error('Second argument in REPEAT cannot be negative') AS VARCHAR)
		WHEN s = '' THEN s WHEN n > 1048576 // strlen(s) THEN CAST(bq_error('Output of REPEAT exceeds max allowed output size of 1MB') AS VARCHAR)
		ELSE repeat(s, CAST(n AS BIGINT)) END`,
	},
}

func split(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		if len(c.Args) == 1 {
			bqerror.Refuse("SPLIT of BYTES without a delimiter")
		}
		return c.Fill("list_transform(bq_bytes_split($1, $2), lambda e_: from_hex(e_))")
	}
	return "bq_split(" + c.Args[0] + ", " + c.Arg(1, "','") + ")"
}
