package rewrite

import "regexp"

// token is a piece of a statement; comments and spaces are none.
type token struct {
	kind       kind
	text       string
	start, end int
}

type kind int

const (
	mark kind = iota // a sign
	word             // a name or a keyword without quotes
	text             // a literal, or a name in backticks
)

// pieces are comments, literals, words and signs, as GoogleSQL has them
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical).
var pieces = regexp.MustCompile(`(?s)(--[^\n]*|#[^\n]*|/\*.*?\*/)` +
	`|((?i:\b(?:r|b|rb|br))?(?:'''(?:\\.|[^\\])*?'''|"""(?:\\.|[^\\])*?"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|` + "`(?:\\\\.|[^`\\\\])*`" + `)` +
	`|([A-Za-z_]\w*)|(=>|[^\s\w]|\d\w*)`)

// tokens splits a statement.
func tokens(sql string) []token {
	var list []token
	for _, m := range pieces.FindAllStringSubmatchIndex(sql, -1) {
		t := token{text: sql[m[0]:m[1]], start: m[0], end: m[1]}
		switch {
		case m[2] >= 0:
			continue
		case m[4] >= 0:
			t.kind = text
		case m[6] >= 0:
			t.kind = word
		}
		list = append(list, t)
	}
	return list
}
