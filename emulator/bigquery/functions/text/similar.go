package text

import (
	"database/sql/driver"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// similar are measures of how alike texts are.
var similar = function.Group{
	Scalars: map[string]function.Scalar{
		"soundex": function.SQL("bq_soundex($1)"),
		"edit_distance": func(c *function.Call) string {
			return "bq_edit_distance(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "NULL::BIGINT") + ")"
		},
	},
	Natives: []function.Native{
		{Name: "bq_soundex", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return soundex(a[0].(string)), nil
		}},
		{Name: "bq_edit_distance", Args: function.Types{function.Text, function.Text, function.Integer}, Result: function.Integer, Nulls: true, Call: editDistance},
	},
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
