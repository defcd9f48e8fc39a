package text

import (
	"database/sql/driver"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// bytewise is a function of STRING for BYTES: it has the name bq_bytes_… of a bq_…, and sees each byte as the character
// of that number, as RE2 does in its encoding Latin-1. A list of its results comes as hexadecimal digits.
func bytewise(n function.Native) function.Native {
	call := n.Call
	n.Name = "bq_bytes_" + strings.TrimPrefix(n.Name, "bq_")
	n.Args = slices.Clone(n.Args)
	for i, t := range n.Args {
		if t == function.Text {
			n.Args[i] = function.Blob
		}
	}
	if n.Result == function.Text {
		n.Result = function.Blob
	}
	n.Call = func(args []driver.Value) (any, error) {
		texts := slices.Clone(args)
		for i, a := range texts {
			if b, ok := a.([]byte); ok {
				texts[i] = characters(b)
			}
		}
		result, err := call(texts)
		switch r := result.(type) {
		case string:
			return byteOfEach(r), err
		case []string:
			for i := range r {
				r[i] = hex.EncodeToString(byteOfEach(r[i]))
			}
			return r, err
		}
		return result, err
	}
	return n
}

// characters has the character of each byte's number.
func characters(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// byteOfEach is the inverse of characters.
func byteOfEach(s string) []byte {
	b := []byte{}
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// both are functions of STRING, and the same of BYTES.
func both(natives ...function.Native) []function.Native {
	for _, n := range slices.Clone(natives) {
		natives = append(natives, bytewise(n))
	}
	return natives
}

// integers are so many arguments of type INT64.
func integers(n int) []duckdb.Type { return slices.Repeat([]duckdb.Type{function.Integer}, n) }
