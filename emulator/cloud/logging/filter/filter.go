// Package filter is Cloud Logging's query language
// (https://cloud.google.com/logging/docs/view/logging-query-language). It has AND, OR and
// NOT, comparisons with values and lists of values, words that stand alone, and the
// functions SEARCH, ip_in_net, log_id and sample. Others are refused by name.
package filter

import (
	"fmt"
	"strings"
)

const (
	maxBytes = 20000 // https://cloud.google.com/logging/quotas#log-limits
	maxDepth = 100   // of parentheses and negations, which the parser nests by
)

// Filter reports whether an entry, as JSON has it, is wanted.
type Filter func(entry map[string]any) bool

// Parse reads a filter; the empty one wants every entry. An error names the place, in
// bytes from 1.
func Parse(s string) (Filter, error) {
	if len(s) > maxBytes {
		return nil, fmt.Errorf("the filter has %d bytes, more than %d", len(s), maxBytes)
	}
	p := &parser{text: s}
	if p.space(); p.at == len(s) {
		return func(map[string]any) bool { return true }, nil
	}
	f, err := p.all(p.primary)
	if err == nil && p.at < len(s) {
		err = p.errorf("%q is unexpected", s[p.at:p.at+1])
	}
	return f, err
}

// Field finds the value of a field in an entry, by its path as filters have it,
// jsonPayload.votes. It is nil where there is none.
func Field(path string) (func(entry map[string]any) any, error) {
	p := &parser{text: path}
	field, err := p.operand()
	if err == nil && p.at < len(path) {
		err = p.errorf("%q is unexpected", path[p.at:])
	}
	return func(entry map[string]any) any { return lookup(entry, field.parts) }, err
}

// parser reads a text from a place on.
type parser struct {
	text  string
	at    int
	depth int
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("unparseable filter: at %d: %s", p.at+1, fmt.Sprintf(format, args...))
}

// space skips space and comments.
func (p *parser) space() {
	for p.at < len(p.text) {
		switch rest := p.text[p.at:]; {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			p.at++
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			p.at += end
		default:
			return
		}
	}
}

// take skips a text and the space behind it, if it is next.
func (p *parser) take(s string) bool {
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	p.space()
	return true
}

// word is take for a word, which something else has to follow.
func (p *parser) word(s string) bool {
	rest, ok := strings.CutPrefix(p.text[p.at:], s)
	if !ok || rest != "" && !strings.ContainsRune(" \t\r\n()\"'", rune(rest[0])) {
		return false
	}
	return p.take(s)
}

// ended reports whether what stands next ends an expression.
func (p *parser) ended() bool {
	return p.at == len(p.text) || strings.ContainsRune("),", rune(p.text[p.at]))
}

// leaf reads what AND, OR and NOT join.
type leaf func() (Filter, error)

// all reads parts that AND joins, or nothing does. OR binds closer.
func (p *parser) all(one leaf) (Filter, error) {
	f, err := p.any(one)
	for err == nil && !p.ended() {
		p.word("AND")
		var g Filter
		left := f
		if g, err = p.any(one); err == nil {
			f = func(e map[string]any) bool { return left(e) && g(e) }
		}
	}
	return f, err
}

func (p *parser) any(one leaf) (Filter, error) {
	f, err := p.not(one)
	for err == nil && p.word("OR") {
		var g Filter
		left := f
		if g, err = p.not(one); err == nil {
			f = func(e map[string]any) bool { return left(e) || g(e) }
		}
	}
	return f, err
}

func (p *parser) not(one leaf) (Filter, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("more than %d parts are nested", maxDepth)
	}
	defer func() { p.depth-- }()
	if p.word("NOT") || p.take("-") {
		f, err := p.not(one)
		return func(e map[string]any) bool { return !f(e) }, err
	}
	if !p.take("(") {
		return one()
	}
	f, err := p.all(one)
	if err == nil && !p.take(")") {
		err = p.errorf("a ) is missing")
	}
	return f, err
}

// primary reads a comparison, a function or a word that stands alone.
func (p *parser) primary() (Filter, error) {
	path, err := p.operand()
	if err != nil {
		return nil, err
	}
	if path.bare() && p.take("(") {
		return p.function(path.parts[0])
	}
	for _, op := range []string{"!=", "!~", "=~", ">=", "<=", "=", ">", "<", ":"} {
		if p.take(op) {
			return p.comparison(path, op)
		}
	}
	return contains(path.text()), nil
}

// comparison reads what stands behind an operator: a value, or several in parentheses.
func (p *parser) comparison(path operand, op string) (Filter, error) {
	value := func() (Filter, error) {
		at := p.at
		v, err := p.operand()
		if err != nil {
			return nil, err
		}
		f, err := compare(path.parts, op, v)
		if err != nil {
			p.at = at
			return nil, p.errorf("%v", err)
		}
		return f, nil
	}
	if strings.HasPrefix(p.text[p.at:], "(") {
		return p.not(value)
	}
	return value()
}

// operand is a value, or the path of a field: parts that dots join.
type operand struct {
	parts  []string
	quoted bool // one of the parts is
}

func (o operand) text() string { return strings.Join(o.parts, ".") }
func (o operand) bare() bool   { return !o.quoted && len(o.parts) == 1 }

func (p *parser) operand() (operand, error) {
	var o operand
	for {
		var part string
		var err error
		if p.at < len(p.text) && (p.text[p.at] == '"' || p.text[p.at] == '\'') {
			o.quoted = true
			part, err = p.quoted()
		} else {
			end := strings.IndexAny(p.text[p.at:], " \t\r\n()=<>!:~,\"'.")
			if end < 0 {
				end = len(p.text) - p.at
			}
			part = p.text[p.at : p.at+end]
			if p.at += end; part == "" {
				err = p.errorf("a field or a value is missing")
			}
		}
		if err != nil {
			return o, err
		}
		o.parts = append(o.parts, part)
		if p.at == len(p.text) || p.text[p.at] != '.' {
			break
		}
		p.at++
	}
	p.space()
	if o.bare() && (o.parts[0] == "AND" || o.parts[0] == "OR" || o.parts[0] == "NOT") {
		return o, p.errorf("%s has nothing to join", o.parts[0])
	}
	return o, nil
}

// quoted reads a text in quotes, in which a backslash stands before what is meant itself.
func (p *parser) quoted() (string, error) {
	quote, start := p.text[p.at], p.at
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == quote:
			p.at++
			return b.String(), nil
		case c == '\\' && p.at+1 < len(p.text):
			p.at++
			switch c = p.text[p.at]; c {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '"', '\'', '\\':
				b.WriteByte(c)
			default: // of a regular expression
				b.WriteByte('\\')
				b.WriteByte(c)
			}
		default:
			b.WriteByte(c)
		}
	}
	p.at = start
	return "", p.errorf("the text has no closing %c", quote)
}
