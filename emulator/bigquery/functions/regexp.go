package functions

import (
	"database/sql/driver"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"
)

// regexpFunctions use RE2's syntax, as BigQuery does.
var regexpFunctions = []scalar{
	{name: "bq_regexp_contains", args: []duckdb.Type{text, text}, result: boolean, call: func(a []driver.Value) (any, error) {
		re, err := compile(a[1].(string))
		if err != nil {
			return nil, err
		}
		return re.MatchString(a[0].(string)), nil
	}},
	{name: "bq_regexp_extract", args: []duckdb.Type{text, text, integer, integer}, result: text, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		m, re, err := findMatch(s, a[1].(string), a[2].(int64), a[3].(int64))
		if err != nil || m == nil {
			return nil, err
		}
		start, end, err := group(re, m)
		if err != nil || start < 0 {
			return nil, err
		}
		return s[start:end], nil
	}},
	{name: "bq_regexp_extract_all", args: []duckdb.Type{text, text}, result: textList, call: func(a []driver.Value) (any, error) {
		re, err := compile(a[1].(string))
		if err != nil {
			return nil, err
		}
		s := a[0].(string)
		out := []string{}
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			start, end, err := group(re, m)
			if err != nil {
				return nil, err
			}
			if start < 0 {
				start, end = 0, 0
			}
			out = append(out, s[start:end])
		}
		return out, nil
	}},
	{name: "bq_regexp_replace", args: []duckdb.Type{text, text, text}, result: text, call: func(a []driver.Value) (any, error) {
		re, err := compile(a[1].(string))
		if err != nil {
			return nil, err
		}
		template, err := goTemplate(a[2].(string))
		if err != nil {
			return nil, err
		}
		return re.ReplaceAllString(a[0].(string), template), nil
	}},
	{name: "bq_regexp_instr", args: []duckdb.Type{text, text, integer, integer, integer}, result: integer, call: func(a []driver.Value) (any, error) {
		s := a[0].(string)
		m, re, err := findMatch(s, a[1].(string), a[2].(int64), a[3].(int64))
		if err != nil {
			return nil, err
		}
		if m == nil {
			return int64(0), nil
		}
		start, end, err := group(re, m)
		if err != nil || start < 0 {
			return int64(0), err
		}
		switch a[4].(int64) {
		case 0:
			return int64(utf8.RuneCountInString(s[:start]) + 1), nil
		case 1:
			return int64(utf8.RuneCountInString(s[:end]) + 1), nil
		}
		return nil, errorf("occurrence_position of REGEXP_INSTR must be 0 or 1")
	}},
}

var (
	compiled      sync.Map // pattern to *regexp.Regexp
	compiledCount = make(chan struct{}, 1000)
)

// compile compiles a pattern, remembering the first thousand.
func compile(pattern string) (*regexp.Regexp, error) {
	if re, ok := compiled.Load(pattern); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, errorf("Cannot parse regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	select {
	case compiledCount <- struct{}{}:
		compiled.Store(pattern, re)
	default:
	}
	return re, nil
}

// group is the only group of a match, or all of it if there is none.
func group(re *regexp.Regexp, m []int) (start, end int, err error) {
	switch re.NumSubexp() {
	case 0:
		return m[0], m[1], nil
	case 1:
		return m[2], m[3], nil
	}
	return 0, 0, errorf("Regular expressions passed into extraction functions must not have more than 1 capturing group")
}

// findMatch finds the n-th match from a position on, both counted from 1.
func findMatch(s, pattern string, position, n int64) ([]int, *regexp.Regexp, error) {
	re, err := compile(pattern)
	if err != nil {
		return nil, nil, err
	}
	if position < 1 || n < 1 {
		return nil, nil, errorf("Position and occurrence of a regular expression function must be positive")
	}
	from := 0
	for i := int64(1); i < position; i++ {
		if from >= len(s) {
			return nil, re, nil
		}
		_, size := utf8.DecodeRuneInString(s[from:])
		from += size
	}
	matches := re.FindAllStringSubmatchIndex(s[from:], int(n))
	if int64(len(matches)) < n {
		return nil, re, nil
	}
	m := matches[n-1]
	for i := range m {
		if m[i] >= 0 {
			m[i] += from
		}
	}
	return m, re, nil
}

// goTemplate turns \1 into ${1}.
func goTemplate(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$':
			b.WriteString("$$")
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			i++
			b.WriteString("${" + string(s[i]) + "}")
		case i+1 < len(s) && s[i+1] == '\\':
			i++
			b.WriteByte('\\')
		default:
			return "", errorf("Invalid REGEXP_REPLACE pattern: %s", s)
		}
	}
	return b.String(), nil
}
