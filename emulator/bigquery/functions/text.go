package functions

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// textFunctions are those of STRING.
var textFunctions = []scalar{
	{name: "bq_trim", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		switch a[1].(string) {
		case "ltrim":
			return strings.TrimLeftFunc(s, unicode.IsSpace), nil
		case "rtrim":
			return strings.TrimRightFunc(s, unicode.IsSpace), nil
		}
		return strings.TrimSpace(s), nil
	}},
	{name: "bq_reverse", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		r := []rune(a[0].(string))
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
		return string(r), nil
	}},
	{name: "bq_instr", args: []duckdb.Type{text, text, integer, integer}, result: integer, call: func(a []driver.Value) (any, error) {
		return instr([]rune(a[0].(string)), []rune(a[1].(string)), a[2].(int64), a[3].(int64))
	}},
	{name: "bq_split", args: []duckdb.Type{text, text}, result: textList, call: func(a []driver.Value) (any, error) {
		s, separator := a[0].(string), a[1].(string)
		if s == "" {
			return []string{""}, nil
		}
		return strings.Split(s, separator), nil
	}},
	{name: "bq_contains_substr", args: []duckdb.Type{text, text}, result: boolean, call: func(a []driver.Value) (any, error) {
		if a[1].(string) == "" {
			return nil, errorf("CONTAINS_SUBSTR: the search value can't be empty")
		}
		fold := func(s string) string { return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s))) }
		return strings.Contains(fold(a[0].(string)), fold(a[1].(string))), nil
	}},
	{name: "bq_initcap", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		var b strings.Builder
		start := true
		for _, r := range a[0].(string) {
			switch {
			case strings.ContainsRune(a[1].(string), r):
				start = true
				b.WriteRune(r)
			case start:
				start = false
				b.WriteRune(unicode.ToUpper(r))
			default:
				b.WriteRune(unicode.ToLower(r))
			}
		}
		return b.String(), nil
	}},
	{name: "bq_translate", args: []duckdb.Type{text, text, text}, result: text, call: func(a []driver.Value) (any, error) {
		return translate(a[0].(string), []rune(a[1].(string)), []rune(a[2].(string)))
	}},
	{name: "bq_ascii", args: []duckdb.Type{text}, result: integer, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		if s == "" {
			return int64(0), nil
		}
		if s[0] >= utf8.RuneSelf {
			return nil, errorf("Non-ASCII character found in ASCII function")
		}
		return int64(s[0]), nil
	}},
	{name: "bq_chr", args: []duckdb.Type{integer}, result: text, call: func(a []driver.Value) (any, error) {
		n := a[0].(int64)
		if n == 0 {
			return "", nil
		}
		if n < 0 || n > unicode.MaxRune || !utf8.ValidRune(rune(n)) {
			return nil, errorf("Invalid codepoint %d", n)
		}
		return string(rune(n)), nil
	}},
	{name: "bq_normalize", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		f, err := form(a[1].(string))
		return f.String(a[0].(string)), err
	}},
	{name: "bq_casefold", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		f, err := form(a[1].(string))
		return f.String(cases.Fold().String(f.String(a[0].(string)))), err
	}},
	{name: "bq_soundex", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return soundex(a[0].(string)), nil
	}},
	{name: "bq_edit_distance", args: []duckdb.Type{text, text, integer}, result: integer, nulls: true, call: editDistance},
	{name: "bq_code_points_to_string", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
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
				return nil, errorf("Invalid codepoint %d", *p)
			}
			b.WriteRune(rune(*p))
		}
		return b.String(), nil
	}},
	{name: "bq_to_code_points", args: []duckdb.Type{text}, result: textList, call: func(a []driver.Value) (any, error) {
		out := []string{}
		for _, r := range a[0].(string) {
			out = append(out, fmt.Sprint(int64(r)))
		}
		return out, nil
	}},
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
	return norm.NFC, errorf("Unknown normalization mode %s", name)
}

// instr finds the n-th occurrence from a position on; a negative position
// counts from the end and searches backwards. The result counts from 1.
func instr(s, sub []rune, position, n int64) (any, error) {
	if position == 0 || n < 1 {
		return nil, errorf("INSTR: position must not be 0, and occurrence must be positive")
	}
	if len(sub) == 0 {
		return int64(0), nil
	}
	match := func(i int) bool { return i+len(sub) <= len(s) && string(s[i:i+len(sub)]) == string(sub) }
	if position > 0 {
		for i := int(position) - 1; i < len(s); i++ {
			if match(i) {
				if n--; n == 0 {
					return int64(i + 1), nil
				}
			}
		}
		return int64(0), nil
	}
	for i := len(s) + int(position); i >= 0; i-- {
		if match(i) {
			if n--; n == 0 {
				return int64(i + 1), nil
			}
		}
	}
	return int64(0), nil
}

func translate(s string, from, to []rune) (any, error) {
	index := map[rune]int{}
	for i, r := range from {
		if _, twice := index[r]; twice {
			return nil, errorf("Duplicate character in TRANSLATE source characters")
		}
		index[r] = i
	}
	var b strings.Builder
	for _, r := range s {
		i, found := index[r]
		switch {
		case !found:
			b.WriteRune(r)
		case i < len(to):
			b.WriteRune(to[i])
		}
	}
	return b.String(), nil
}

// soundex is the phonetic code of a word: a letter and three digits.
func soundex(s string) string {
	const codes = "01230120022455012623010202" // of A to Z
	out := []byte{}
	last := byte('0')
	for _, r := range strings.ToUpper(s) {
		if r < 'A' || r > 'Z' {
			continue
		}
		code := codes[r-'A']
		switch {
		case len(out) == 0:
			out = append(out, byte(r))
		case code != '0' && code != last:
			out = append(out, code)
		}
		if r != 'H' && r != 'W' {
			last = code
		}
		if len(out) == 4 {
			break
		}
	}
	if len(out) == 0 {
		return ""
	}
	return (string(out) + "000")[:4]
}

// editDistance is Levenshtein's; a limit may bound it.
func editDistance(a []driver.Value) (any, error) {
	if a[0] == nil || a[1] == nil {
		return nil, nil
	}
	s, t := []rune(a[0].(string)), []rune(a[1].(string))
	row := make([]int64, len(t)+1)
	for j := range row {
		row[j] = int64(j)
	}
	for i := range s {
		previous := row[0]
		row[0] = int64(i + 1)
		for j := range t {
			cost := previous
			if s[i] != t[j] {
				cost++
			}
			previous = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	if limit, ok := a[2].(int64); ok {
		return min(row[len(t)], limit), nil
	}
	return row[len(t)], nil
}
