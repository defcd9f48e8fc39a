// Package filter reads Pub/Sub's filter language, by which a subscription says which
// messages it wants.
package filter

import (
	"fmt"
	"strings"
)

// Filter reports whether a message with these attributes is wanted. A nil Filter wants
// every message.
type Filter func(attributes map[string]string) bool

// maxBytes is Pub/Sub's limit for a filter.
const maxBytes = 256

// Parse reads a filter; the empty one is nil. The language has
//
//	attributes:key                    the attribute exists
//	attributes.key = "v", != "v"      its value; a missing attribute matches neither
//	hasPrefix(attributes.key, "v")
//	NOT x, -x, x AND y, x OR y, (x)   AND and OR don't mix without parentheses
//
// A key that isn't an identifier is quoted. An error completes a sentence that names
// the filter.
func Parse(s string) (Filter, error) {
	if s == "" {
		return nil, nil
	}
	if len(s) > maxBytes {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(s), maxBytes)
	}
	p := &parser{rest: s}
	f, err := p.expression()
	if err != nil {
		return nil, err
	}
	if t := p.next(); t.kind != tokenEnd {
		return nil, fmt.Errorf("unexpected %q", t.text)
	}
	return f, nil
}

type parser struct{ rest string }

// expression parses terms that are joined by AND or by OR.
func (p *parser) expression() (Filter, error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	terms, op := []Filter{first}, ""
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
func (p *parser) term() (Filter, error) {
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

func (p *parser) hasPrefix() (Filter, error) {
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
func (p *parser) comparison() (Filter, error) {
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

func (p *parser) key() (string, error) {
	t := p.next()
	if t.kind != tokenWord && t.kind != tokenString {
		return "", fmt.Errorf("unexpected %q: want the key of an attribute", t.text)
	}
	return t.text, nil
}

func (p *parser) quoted() (string, error) {
	t := p.next()
	if t.kind != tokenString {
		return "", fmt.Errorf("unexpected %q: want a value in double quotes", t.text)
	}
	return t.text, nil
}

func (p *parser) expect(want string) error {
	if t := p.next(); t.text != want || t.kind == tokenString {
		return fmt.Errorf("unexpected %q: want %q", t.text, want)
	}
	return nil
}
