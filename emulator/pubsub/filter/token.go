package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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

// peek returns the next token without taking it.
func (p *parser) peek() token {
	rest := p.rest
	t := p.next()
	p.rest = rest
	return t
}

// next takes the next token.
func (p *parser) next() token {
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

// cut takes a token of n bytes.
func (p *parser) cut(kind tokenKind, n int) token {
	t := token{kind, p.rest[:n]}
	p.rest = p.rest[n:]
	return t
}

// stringToken reads a string in double quotes, with backslash escapes.
func (p *parser) stringToken() token {
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
	t := token{tokenSymbol, p.rest} // no closing quote: no rule accepts this token
	p.rest = ""
	return t
}
