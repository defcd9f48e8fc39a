package text

import (
	"bytes"
	"database/sql/driver"
	"slices"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// trimming are functions that trim and pad.
var trimming = function.Group{
	Scalars: map[string]function.Scalar{
		"trim":  trim("trim"),
		"ltrim": trim("ltrim"),
		"rtrim": trim("rtrim"),
		"lpad":  padded("lpad"),
		"rpad":  padded("rpad"),
	},
	Natives: []function.Native{
		{Name: "bq_trim", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			s := a[0].(string)
			switch a[1].(string) {
			case "ltrim":
				return strings.TrimLeftFunc(s, unicode.IsSpace), nil
			case "rtrim":
				return strings.TrimRightFunc(s, unicode.IsSpace), nil
			}
			return strings.TrimSpace(s), nil
		}},
		{Name: "bq_bytes_trim", Args: function.Types{function.Blob, function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, cut := a[0].([]byte), a[1].([]byte)
			if a[2].(string) != "rtrim" {
				for len(b) > 0 && bytes.IndexByte(cut, b[0]) >= 0 {
					b = b[1:]
				}
			}
			if a[2].(string) != "ltrim" {
				for len(b) > 0 && bytes.IndexByte(cut, b[len(b)-1]) >= 0 {
					b = b[:len(b)-1]
				}
			}
			return b, nil
		}},
		{Name: "bq_bytes_pad", Args: function.Types{function.Blob, function.Integer, function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, n, pad := a[0].([]byte), a[1].(int64), a[2].([]byte)
			if n < 0 || len(pad) == 0 {
				return nil, function.Errorf("LPAD/RPAD needs a size that isn't negative and a pattern that isn't empty")
			}
			if n > 1<<20 {
				return nil, function.Errorf("Output of LPAD/RPAD exceeds max allowed output size of 1MB")
			}
			if int64(len(b)) >= n {
				return b[:n], nil
			}
			missing := int(n) - len(b)
			fill := bytes.Repeat(pad, missing/len(pad)+1)[:missing]
			if a[3].(string) == "lpad" {
				return append(fill, b...), nil
			}
			return append(slices.Clone(b), fill...), nil
		}},
	},
	Macros: []string{
		`bq_lpad(s, n, p) AS CASE WHEN n < 0 THEN bq_error('Second argument (output size) for LPAD/RPAD cannot be negative')
		WHEN p = '' THEN bq_error('Third argument (pad pattern) for LPAD/RPAD cannot be empty')
		WHEN n > 1048576 THEN bq_error('Output of LPAD/RPAD exceeds max allowed output size of 1MB') ELSE lpad(s, CAST(n AS INTEGER), p) END`,
		`bq_rpad(s, n, p) AS CASE WHEN n < 0 THEN bq_error('Second argument (output size) for LPAD/RPAD cannot be negative')
		WHEN p = '' THEN bq_error('Third argument (pad pattern) for LPAD/RPAD cannot be empty')
		WHEN n > 1048576 THEN bq_error('Output of LPAD/RPAD exceeds max allowed output size of 1MB') ELSE rpad(s, CAST(n AS INTEGER), p) END`,
	},
}

func trim(name string) function.Scalar {
	return func(c *function.Call) string {
		switch {
		case c.Types[0].Kind == types.Bytes:
			return "bq_bytes_trim(" + c.Args[0] + ", " + c.Args[1] + ", '" + name + "')"
		case len(c.Args) == 1:
			return "bq_trim(" + c.Args[0] + ", '" + name + "')"
		}
		return name + "(" + c.Args[0] + ", " + c.Args[1] + ")"
	}
}

func padded(name string) function.Scalar {
	return func(c *function.Call) string {
		if c.Types[0].Kind == types.Bytes {
			return "bq_bytes_pad(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "from_hex('20')") + ", '" + name + "')"
		}
		return "bq_" + name + "(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "' '") + ")"
	}
}
