package functions

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"database/sql/driver"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// bytesFunctions are those of BYTES, and codes of bytes as text.
var bytesFunctions = []scalar{
	{name: "bq_bytes_substr", args: []duckdb.Type{blob, integer, integer}, result: blob, call: func(a []driver.Value) (any, error) {
		b, position, length := a[0].([]byte), a[1].(int64), a[2].(int64)
		if length < 0 {
			return nil, errorf("Third argument in SUBSTR() cannot be negative")
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
	{name: "bq_bytes_right", args: []duckdb.Type{blob, integer}, result: blob, call: func(a []driver.Value) (any, error) {
		b, n := a[0].([]byte), a[1].(int64)
		if n < 0 {
			return nil, errorf("Second argument in RIGHT() cannot be negative")
		}
		return b[max(int64(len(b))-n, 0):], nil
	}},
	{name: "bq_bytes_trim", args: []duckdb.Type{blob, blob, text}, result: blob, call: func(a []driver.Value) (any, error) {
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
	{name: "bq_bytes_pad", args: []duckdb.Type{blob, integer, blob, text}, result: blob, call: func(a []driver.Value) (any, error) {
		b, n, pad := a[0].([]byte), a[1].(int64), a[2].([]byte)
		if n < 0 || len(pad) == 0 {
			return nil, errorf("LPAD/RPAD needs a size that isn't negative and a pattern that isn't empty")
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
	{name: "bq_bytes_repeat", args: []duckdb.Type{blob, integer}, result: blob, call: func(a []driver.Value) (any, error) {
		if a[1].(int64) < 0 {
			return nil, errorf("Second argument in REPEAT cannot be negative")
		}
		return bytes.Repeat(a[0].([]byte), int(a[1].(int64))), nil
	}},
	{name: "bq_bytes_reverse", args: []duckdb.Type{blob}, result: blob, call: func(a []driver.Value) (any, error) {
		b := slices.Clone(a[0].([]byte))
		slices.Reverse(b)
		return b, nil
	}},
	{name: "bq_bytes_replace", args: []duckdb.Type{blob, blob, blob}, result: blob, call: func(a []driver.Value) (any, error) {
		if len(a[1].([]byte)) == 0 {
			return a[0], nil
		}
		return bytes.ReplaceAll(a[0].([]byte), a[1].([]byte), a[2].([]byte)), nil
	}},
	{name: "bq_bytes_strpos", args: []duckdb.Type{blob, blob}, result: integer, call: func(a []driver.Value) (any, error) {
		return int64(bytes.Index(a[0].([]byte), a[1].([]byte)) + 1), nil
	}},
	{name: "bq_bytes_starts", args: []duckdb.Type{blob, blob}, result: boolean, call: func(a []driver.Value) (any, error) {
		return bytes.HasPrefix(a[0].([]byte), a[1].([]byte)), nil
	}},
	{name: "bq_bytes_ends", args: []duckdb.Type{blob, blob}, result: boolean, call: func(a []driver.Value) (any, error) {
		return bytes.HasSuffix(a[0].([]byte), a[1].([]byte)), nil
	}},
	{name: "bq_bytes_to_code_points", args: []duckdb.Type{blob}, result: textList, call: func(a []driver.Value) (any, error) {
		out := []string{}
		for _, b := range a[0].([]byte) {
			out = append(out, fmt.Sprint(b))
		}
		return out, nil
	}},
	{name: "bq_code_points_to_bytes", args: []duckdb.Type{text}, result: blob, call: func(a []driver.Value) (any, error) {
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
				return nil, errorf("Invalid extended ASCII code points %d", *p)
			}
			out = append(out, byte(*p))
		}
		return out, nil
	}},
	{name: "bq_from_hex", args: []duckdb.Type{text}, result: blob, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		if len(s)%2 == 1 {
			s = "0" + s
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, errorf("Failed to decode invalid hexadecimal string: %s", a[0])
		}
		return b, nil
	}},
	{name: "bq_from_base64", args: []duckdb.Type{text}, result: blob, call: func(a []driver.Value) (any, error) {
		s := strings.TrimRight(strings.Join(strings.Fields(a[0].(string)), ""), "=")
		b, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil {
			return nil, errorf("Failed to decode invalid base64 string")
		}
		return b, nil
	}},
	{name: "bq_to_base32", args: []duckdb.Type{blob}, result: text, call: func(a []driver.Value) (any, error) {
		return base32.StdEncoding.EncodeToString(a[0].([]byte)), nil
	}},
	{name: "bq_from_base32", args: []duckdb.Type{text}, result: blob, call: func(a []driver.Value) (any, error) {
		b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(a[0].(string), "="))
		if err != nil {
			return nil, errorf("Failed to decode invalid base32 string")
		}
		return b, nil
	}},
	{name: "bq_safe_string", args: []duckdb.Type{blob}, result: text, call: func(a []driver.Value) (any, error) {
		return strings.ToValidUTF8(string(a[0].([]byte)), "\uFFFD"), nil
	}},
	{name: "bq_digest", args: []duckdb.Type{blob, text}, result: blob, call: func(a []driver.Value) (any, error) {
		b := a[0].([]byte)
		switch a[1].(string) {
		case "md5":
			h := md5.Sum(b)
			return h[:], nil
		case "sha1":
			h := sha1.Sum(b)
			return h[:], nil
		case "sha256":
			h := sha256.Sum256(b)
			return h[:], nil
		default:
			h := sha512.Sum512(b)
			return h[:], nil
		}
	}},
	{name: "bq_bytes_format", args: []duckdb.Type{blob, text}, result: text, call: func(a []driver.Value) (any, error) {
		b := a[0].([]byte)
		switch f := strings.ToUpper(a[1].(string)); f {
		case "HEX":
			return hex.EncodeToString(b), nil
		case "BASE64":
			return base64.StdEncoding.EncodeToString(b), nil
		case "BASE32":
			return base32.StdEncoding.EncodeToString(b), nil
		case "UTF-8", "UTF8":
			return string(b), nil
		default:
			return nil, errorf("the format %s of BYTES is not supported by this emulator", f)
		}
	}},
	{name: "bq_bytes_parse", args: []duckdb.Type{text, text}, result: blob, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		switch f := strings.ToUpper(a[1].(string)); f {
		case "HEX":
			return hex.DecodeString(s)
		case "BASE64":
			return base64.StdEncoding.DecodeString(s)
		case "BASE32":
			return base32.StdEncoding.DecodeString(s)
		case "UTF-8", "UTF8":
			return []byte(s), nil
		default:
			return nil, errorf("the format %s of BYTES is not supported by this emulator", f)
		}
	}},
}
