package text

import (
	"database/sql/driver"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// encoding are functions that write bytes as text and read them.
var encoding = function.Group{
	Scalars: map[string]function.Scalar{
		"to_hex":                       function.SQL("lower(hex($1))"),
		"from_hex":                     function.SQL("bq_from_hex($1)"),
		"to_base64":                    function.SQL("to_base64($1)"),
		"from_base64":                  function.SQL("bq_from_base64($1)"),
		"to_base32":                    function.SQL("bq_to_base32($1)"),
		"from_base32":                  function.SQL("bq_from_base32($1)"),
		"safe_convert_bytes_to_string": function.SQL("bq_safe_string($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_from_hex", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			s := a[0].(string)
			if len(s)%2 == 1 {
				s = "0" + s
			}
			b, err := hex.DecodeString(s)
			if err != nil {
				return nil, function.Errorf("Failed to decode invalid hexadecimal string: %s", a[0])
			}
			return b, nil
		}},
		{Name: "bq_from_base64", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			s := strings.Join(strings.Fields(a[0].(string)), "")
			digits := strings.TrimRight(s, "=")
			b, err := base64.RawStdEncoding.DecodeString(digits)
			if padding := len(s) - len(digits); err != nil || padding > 0 && padding != -len(digits)&3 {
				return nil, function.Errorf("Failed to decode invalid base64 string")
			}
			return b, nil
		}},
		{Name: "bq_to_base32", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return base32.StdEncoding.EncodeToString(a[0].([]byte)), nil
		}},
		{Name: "bq_from_base32", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(a[0].(string), "="))
			if err != nil {
				return nil, function.Errorf("Failed to decode invalid base32 string")
			}
			return b, nil
		}},
		{Name: "bq_safe_string", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return string([]rune(string(a[0].([]byte)))), nil // a U+FFFD for each byte that is invalid
		}},
	},
}
