package text

import (
	"database/sql/driver"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// patterns are functions of regular expressions, in RE2's syntax.
var patterns = function.Group{
	Scalars: map[string]function.Scalar{
		"regexp_contains":    function.ByKind("bq_regexp_contains($1, $2)", "bq_bytes_regexp_contains($1, $2)"),
		"regexp_extract":     regexpExtract,
		"regexp_extract_all": function.ByKind("bq_regexp_extract_all($1, $2)", "list_transform(bq_bytes_regexp_extract_all($1, $2), lambda e_: from_hex(e_))"),
		"regexp_replace":     function.ByKind("bq_regexp_replace($1, $2, $3)", "bq_bytes_regexp_replace($1, $2, $3)"),
		"regexp_instr":       regexpInstr,
	},
	Natives: both(
		function.Native{Name: "bq_regexp_contains", Args: function.Types{function.Text, function.Text}, Result: function.Boolean, Call: regexpContainsCall},
		function.Native{Name: "bq_regexp_extract", Args: append(function.Types{function.Text, function.Text}, integers(2)...), Result: function.Text, Call: regexpExtractCall},
		function.Native{Name: "bq_regexp_extract_all", Args: function.Types{function.Text, function.Text}, Result: function.TextList, Call: regexpExtractAllCall},
		function.Native{Name: "bq_regexp_replace", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.Text, Call: regexpReplaceCall},
		function.Native{Name: "bq_regexp_instr", Args: append(function.Types{function.Text, function.Text}, integers(3)...), Result: function.Integer, Call: regexpInstrCall},
	),
}

func regexpExtract(c *function.Call) string {
	return c.Fill(byKind(c, "bq_regexp_extract", "bq_bytes_regexp_extract") + "($1, $2, " + c.Arg(2, "1") + ", " + c.Arg(3, "1") + ")")
}

func regexpInstr(c *function.Call) string {
	return c.Fill(byKind(c, "bq_regexp_instr", "bq_bytes_regexp_instr") + "($1, $2, " + c.Arg(2, "1") + ", " + c.Arg(3, "1") + ", " + c.Arg(4, "0") + ")")
}

func regexpContainsCall(a []driver.Value) (any, error) {
	re, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	return re.MatchString(a[0].(string)), nil
}

func regexpExtractCall(a []driver.Value) (any, error) {
	s := a[0].(string)
	start, end, err := findMatch(s, a[1].(string), a[2].(int64), a[3].(int64))
	if err != nil || start < 0 {
		return nil, err
	}
	return s[start:end], nil
}

func regexpExtractAllCall(a []driver.Value) (any, error) {
	s := a[0].(string)
	matches, err := allMatches(s, a[1].(string), 0, -1)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(matches))
	for i, m := range matches {
		if m[0] >= 0 {
			out[i] = s[m[0]:m[1]]
		}
	}
	return out, nil
}

func regexpReplaceCall(a []driver.Value) (any, error) {
	re, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	template, err := goTemplate(a[2].(string), re.NumSubexp())
	if err != nil {
		return nil, err
	}
	return re.ReplaceAllString(a[0].(string), template), nil
}

func regexpInstrCall(a []driver.Value) (any, error) {
	s, pattern, side := a[0].(string), a[1].(string), a[4].(int64)
	if side != 0 && side != 1 {
		return nil, function.Errorf("occurrence_position of REGEXP_INSTR must be 0 or 1")
	}
	start, end, err := findMatch(s, pattern, a[2].(int64), a[3].(int64))
	if err != nil || start < 0 || pattern == "" || s == "" {
		return int64(0), err
	}
	return int64(utf8.RuneCountInString(s[:[]int{start, end}[side]]) + 1), nil
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

// group is where the only group of a match is, or all of the match if there is none; -1 for a group that took no part.
func group(re *regexp.Regexp, m []int) [2]int {
	return [2]int(m[2*re.NumSubexp():])
}

// allMatches are the first n matches from a byte on, or all of them for -1. Unlike Go's, one that is empty may follow another at once.
func allMatches(s, pattern string, from, n int) ([][2]int, error) {
	re, err := compile(pattern)
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() > 1 {
		return nil, function.Errorf("Regular expressions passed into extraction functions must not have more than 1 capturing group")
	}
	var found [][2]int
	if !re.MatchString("") && !strings.ContainsAny(pattern, `\^$`) { // a match has a character
		for _, m := range re.FindAllStringSubmatchIndex(s[from:], n) {
			g := group(re, m)
			if g[0] >= 0 {
				g = [2]int{g[0] + from, g[1] + from}
			}
			found = append(found, g)
		}
		return found, nil
	}
	for len(found) != n && (from < len(s) || from == 0) {
		m, err := matchFrom(s, pattern, from)
		if err != nil || m == nil {
			return found, err
		}
		found = append(found, group(re, m))
		if from = m[1]; m[0] == m[1] {
			_, size := utf8.DecodeRuneInString(s[from:])
			from += max(size, 1)
		}
	}
	return found, nil
}

// matchFrom finds the first match from a byte on, while anchors and boundaries see the character before it.
func matchFrom(s, pattern string, from int) ([]int, error) {
	if from == 0 {
		re, err := compile(pattern)
		if err != nil {
			return nil, err
		}
		return re.FindStringSubmatchIndex(s), nil
	}
	re, err := compile(`\A(?s:.)(?s:.*?)(` + pattern + `)`)
	if err != nil {
		return nil, err
	}
	_, size := utf8.DecodeLastRuneInString(s[:from])
	m := re.FindStringSubmatchIndex(s[from-size:])
	if m == nil {
		return nil, nil
	}
	for i := range m {
		if m[i] >= 0 {
			m[i] += from - size
		}
	}
	return m[2:], nil
}

// findMatch finds the n-th match from a position on, both counted from 1: where it begins and ends, or -1. What stands before
// the position is there for ^ and \b, as RE2 has it.
func findMatch(s, pattern string, position, n int64) (start, end int, err error) {
	if position < 1 || n < 1 {
		return -1, -1, function.Errorf("Position and occurrence of a regular expression function must be positive")
	}
	from := 0
	for i := int64(1); i < position && from < len(s); i++ {
		_, size := utf8.DecodeRuneInString(s[from:])
		from += size
	}
	matches, err := allMatches(s, pattern, from, int(n))
	if err != nil || int64(len(matches)) < n || position > max(int64(len(s)), 1) || matches[n-1][0] < 0 {
		return -1, -1, err
	}
	return matches[n-1][0], matches[n-1][1], nil
}

// goTemplate turns \1 into ${1}, for a pattern with so many groups.
func goTemplate(s string, groups int) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$':
			b.WriteString("$$")
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			i++
			if n := int(s[i] - '0'); n > groups {
				return "", function.Errorf("Invalid REGEXP_REPLACE pattern: Rewrite schema requests %d matches, but the regexp only has %d parenthesized subexpressions", n, groups)
			}
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
