package text

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// points are functions of characters and their numbers.
var points = function.Group{
	Scalars: map[string]function.Scalar{
		"ascii":                  function.ByKind("bq_ascii($1)", "bq_bytes_ascii($1)"),
		"chr":                    function.SQL("bq_chr($1)"),
		"unicode":                function.SQL("CASE WHEN $1 = '' THEN 0 ELSE unicode($1) END"),
		"normalize":              func(c *function.Call) string { return "bq_normalize(" + c.Args[0] + ", '" + c.Arg(1, "NFC") + "')" },
		"normalize_and_casefold": func(c *function.Call) string { return "bq_casefold(" + c.Args[0] + ", '" + c.Arg(1, "NFC") + "')" },
		"code_points_to_string":  function.SQL("bq_code_points_to_string(to_json($1)::VARCHAR)"),
		"code_points_to_bytes":   function.SQL("bq_code_points_to_bytes(to_json($1)::VARCHAR)"),
		"to_code_points":         function.ByKind("CAST(bq_to_code_points($1) AS BIGINT[])", "CAST(bq_bytes_to_code_points($1) AS BIGINT[])"),
	},
	Natives: []function.Native{
		{Name: "bq_ascii", Args: function.Types{function.Text}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			s := a[0].(string)
			if s == "" {
				return int64(0), nil
			}
			if s[0] >= utf8.RuneSelf {
				return nil, function.Errorf("Non-ASCII character found in ASCII function")
			}
			return int64(s[0]), nil
		}},
		{Name: "bq_bytes_ascii", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			b := append(a[0].([]byte), 0)
			return int64(b[0]), nil
		}},
		{Name: "bq_chr", Args: function.Types{function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			n := a[0].(int64)
			if n == 0 {
				return "", nil
			}
			if n < 0 || n > unicode.MaxRune || !utf8.ValidRune(rune(n)) {
				return nil, function.Errorf("Invalid codepoint %d", n)
			}
			return string(rune(n)), nil
		}},
		{Name: "bq_normalize", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			f, err := form(a[1].(string))
			return f.String(a[0].(string)), err
		}},
		{Name: "bq_casefold", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			f, err := form(a[1].(string))
			return f.String(cases.Fold().String(f.String(a[0].(string)))), err
		}},
		{Name: "bq_code_points_to_string", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			var points []*int64
			if err := json.Unmarshal([]byte(a[0].(string)), &points); err != nil {
				return nil, err
			}
			var b strings.Builder
			for _, p := range points {
				if p == nil {
					return nil, nil
				}
				if *p < 0 || *p > unicode.MaxRune || !utf8.ValidRune(rune(*p)) {
					return nil, function.Errorf("Invalid codepoint %d", *p)
				}
				b.WriteRune(rune(*p))
			}
			return b.String(), nil
		}},
		{Name: "bq_to_code_points", Args: function.Types{function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			out := []string{}
			for _, r := range a[0].(string) {
				out = append(out, fmt.Sprint(int64(r)))
			}
			return out, nil
		}},
		{Name: "bq_bytes_to_code_points", Args: function.Types{function.Blob}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			out := []string{}
			for _, b := range a[0].([]byte) {
				out = append(out, fmt.Sprint(b))
			}
			return out, nil
		}},
		{Name: "bq_code_points_to_bytes", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			var points []*int64
			if err := json.Unmarshal([]byte(a[0].(string)), &points); err != nil {
				return nil, err
			}
			out := []byte{}
			for _, p := range points {
				if p == nil {
					return nil, nil
				}
				if *p < 0 || *p > 255 {
					return nil, function.Errorf("Invalid extended ASCII code points %d", *p)
				}
				out = append(out, byte(*p))
			}
			return out, nil
		}},
	},
}

// form finds a normal form of Unicode.
func form(name string) (norm.Form, error) {
	switch strings.ToUpper(name) {
	case "NFC":
		return norm.NFC, nil
	case "NFD":
		return norm.NFD, nil
	case "NFKC":
		return norm.NFKC, nil
	case "NFKD":
		return norm.NFKD, nil
	}
	return norm.NFC, function.Errorf("Unknown normalization mode %s", name)
}
