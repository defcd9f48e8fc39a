package text

import (
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// patterns are functions of regular expressions, in RE2's syntax.
var patterns = function.Group{
	Scalars: map[string]function.Scalar{
		"regexp_contains":    pattern("bq_regexp_contains($1, $2)"),
		"regexp_extract":     function.TextOnly(regexpExtract),
		"regexp_extract_all": pattern("bq_regexp_extract_all($1, $2)"),
		"regexp_replace":     pattern("bq_regexp_replace($1, $2, $3)"),
		"regexp_instr":       regexpInstr,
	},
	Natives: []function.Native{
		{Name: "bq_regexp_contains", Args: function.Types{function.Text, function.Text}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			re, err := compile(a[1].(string))
			if err != nil {
				return nil, err
			}
			return re.MatchString(a[0].(string)), nil
		}},
		{Name: "bq_regexp_extract", Args: function.Types{function.Text, function.Text, function.Integer, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
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
		{Name: "bq_regexp_extract_all", Args: function.Types{function.Text, function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
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
		{Name: "bq_regexp_replace", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
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
		{Name: "bq_regexp_instr", Args: function.Types{function.Text, function.Text, function.Integer, function.Integer, function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
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
			return nil, function.Errorf("occurrence_position of REGEXP_INSTR must be 0 or 1")
		}},
	},
}

// pattern is a function with a regular expression as its second argument.
func pattern(template string) function.Scalar { return function.TextOnly(function.SQL(template)) }

func regexpExtract(c *function.Call) string {
	return fmt.Sprintf("bq_regexp_extract(%s, %s, %s, %s)", c.Args[0], c.Args[1], c.Arg(2, "1"), c.Arg(3, "1"))
}

func regexpInstr(c *function.Call) string {
	return fmt.Sprintf("bq_regexp_instr(%s, %s, %s, %s, %s)", c.Args[0], c.Args[1], c.Arg(2, "1"), c.Arg(3, "1"), c.Arg(4, "0"))
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
		return nil, function.Errorf("Cannot parse regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
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
	return 0, 0, function.Errorf("Regular expressions passed into extraction functions must not have more than 1 capturing group")
}

// findMatch finds the n-th match from a position on, both counted from 1.
func findMatch(s, pattern string, position, n int64) ([]int, *regexp.Regexp, error) {
	re, err := compile(pattern)
	if err != nil {
		return nil, nil, err
	}
	if position < 1 || n < 1 {
		return nil, nil, function.Errorf("Position and occurrence of a regular expression function must be positive")
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
			return "", function.Errorf("Invalid REGEXP_REPLACE pattern: %s", s)
		}
	}
	return b.String(), nil
}
