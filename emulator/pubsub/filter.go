package pubsub

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filter says whether a subscription wants a message with these attributes;
// nil wants all.
type filter func(attributes map[string]string) bool

// maxFilterBytes is Pub/Sub's limit for a filter.
const maxFilterBytes = 256

// parseFilter parses Pub/Sub's filter language:
//
//	attributes:key                    the attribute exists
//	attributes.key = "v", != "v"      its value; a missing attribute matches neither
//	hasPrefix(attributes.key, "v")
//	NOT x, -x, x AND y, x OR y, (x)   AND and OR don't mix without parentheses
//
// Keys that aren't identifiers are quoted.
func parseFilter(s string) (filter, error) {
	if s == "" {
		return nil, nil
	}
	if len(s) > maxFilterBytes {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(s), maxFilterBytes)
	}
	p := &filterParser{rest: s}
	f, err := p.expression()
	if err != nil {
		return nil, err
	}
	if t := p.next(); t.kind != tokenEnd {
		return nil, fmt.Errorf("unexpected %q", t.text)
	}
	return f, nil
}

type filterParser struct{ rest string }

// expression parses terms that are joined by AND or by OR.
func (p *filterParser) expression() (filter, error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	terms, op := []filter{first}, ""
	for {
		t := p.peek()
		if t.text != "AND" && t.text != "OR" || t.kind != tokenWord {
			break
		}
		p.next()
		if op != "" && op != t.text {
			return nil, fmt.Errorf("AND and OR can't be mixed without parentheses")
		}
		op = t.text
		f, err := p.term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, f)
	}
	// AND looks for a term that fails, OR for one that holds.
	decisive := op == "OR"
	return func(a map[string]string) bool {
		for _, f := range terms {
			if f(a) == decisive {
				return decisive
			}
		}
		return !decisive
	}, nil
}

// term parses one condition, possibly negated.
func (p *filterParser) term() (filter, error) {
	t := p.next()
	switch {
	case t.text == "-" && t.kind == tokenSymbol, t.text == "NOT" && t.kind == tokenWord:
		f, err := p.term()
		if err != nil {
			return nil, err
		}
		return func(a map[string]string) bool { return !f(a) }, nil
	case t.text == "(" && t.kind == tokenSymbol:
		f, err := p.expression()
		if err != nil {
			return nil, err
		}
		return f, p.expect(")")
	case t.text == "hasPrefix" && t.kind == tokenWord:
		return p.hasPrefix()
	case t.text == "attributes" && t.kind == tokenWord:
		return p.comparison()
	}
	return nil, fmt.Errorf("unexpected %q: want attributes, hasPrefix, NOT or a parenthesis", t.text)
}

func (p *filterParser) hasPrefix() (filter, error) {
	for _, want := range []string{"(", "attributes", "."} {
		if err := p.expect(want); err != nil {
			return nil, err
		}
	}
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	prefix, err := p.quoted()
	if err != nil {
		return nil, err
	}
	return func(a map[string]string) bool {
		v, ok := a[key]
		return ok && strings.HasPrefix(v, prefix)
	}, p.expect(")")
}

// comparison parses what follows the word attributes.
func (p *filterParser) comparison() (filter, error) {
	sign := p.next()
	if sign.text != ":" && sign.text != "." {
		return nil, fmt.Errorf("unexpected %q after attributes: want a colon or a dot", sign.text)
	}
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	if sign.text == ":" {
		return func(a map[string]string) bool {
			_, ok := a[key]
			return ok
		}, nil
	}
	op := p.next()
	if op.text != "=" && op.text != "!=" {
		return nil, fmt.Errorf("unexpected %q after attributes.%s: want = or !=", op.text, key)
	}
	value, err := p.quoted()
	if err != nil {
		return nil, err
	}
	equal := op.text == "="
	return func(a map[string]string) bool {
		v, ok := a[key]
		return ok && (v == value) == equal
	}, nil
}

func (p *filterParser) key() (string, error) {
	t := p.next()
	if t.kind != tokenWord && t.kind != tokenString {
		return "", fmt.Errorf("unexpected %q: want the key of an attribute", t.text)
	}
	return t.text, nil
}

func (p *filterParser) quoted() (string, error) {
	t := p.next()
	if t.kind != tokenString {
		return "", fmt.Errorf("unexpected %q: want a value in double quotes", t.text)
	}
	return t.text, nil
}

func (p *filterParser) expect(want string) error {
	if t := p.next(); t.text != want || t.kind == tokenString {
		return fmt.Errorf("unexpected %q: want %q", t.text, want)
	}
	return nil
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenSymbol
)

type token struct {
	kind tokenKind
	text string
}

func (p *filterParser) peek() token {
	rest := p.rest
	t := p.next()
	p.rest = rest
	return t
}

func (p *filterParser) next() token {
	p.rest = strings.TrimSpace(p.rest)
	r, size := utf8.DecodeRuneInString(p.rest)
	switch {
	case p.rest == "":
		return token{tokenEnd, "end of filter"}
	case r == '"':
		return p.stringToken()
	case r == '_' || unicode.IsLetter(r):
		end := strings.IndexFunc(p.rest, func(r rune) bool {
			return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		if end < 0 {
			end = len(p.rest)
		}
		return p.cut(tokenWord, end)
	case strings.HasPrefix(p.rest, "!="):
		return p.cut(tokenSymbol, 2)
	}
	return p.cut(tokenSymbol, size)
}

func (p *filterParser) cut(kind tokenKind, n int) token {
	t := token{kind, p.rest[:n]}
	p.rest = p.rest[n:]
	return t
}

// stringToken reads a string in double quotes, with backslash escapes.
func (p *filterParser) stringToken() token {
	var out strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return token{tokenString, out.String()}
		case c == '\\' && i+1 < len(p.rest):
			i++
			out.WriteByte(p.rest[i])
		default:
			out.WriteByte(c)
		}
	}
	t := token{tokenSymbol, p.rest} // no closing quote: nobody accepts this
	p.rest = ""
	return t
}
