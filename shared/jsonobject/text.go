package jsonobject

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string. A string without escapes is a part of the scanned text and costs
// no memory.
func (s *scanner) str() string {
	s.pos++
	start := s.pos
	for i := s.pos; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.pos = i + 1
			return s.text[start:i]
		case c == '\\':
			s.pos = i
			return s.escaped(s.text[start:i])
		case c < ' ':
			s.pos = i
			s.fail("control character in a text")
			return ""
		}
	}
	s.pos = len(s.text)
	s.fail("text without its closing quote")
	return ""
}

// escaped reads the rest of a string from its first escape on. head is what is before it.
func (s *scanner) escaped(head string) string {
	var b strings.Builder
	b.WriteString(head)
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '"':
			s.pos++
			return b.String()
		case c == '\\':
			r, ok := s.escape()
			if !ok {
				return ""
			}
			b.WriteRune(r)
		case c < ' ':
			s.fail("control character in a text")
			return ""
		default:
			b.WriteByte(c)
			s.pos++
		}
	}
	s.fail("text without its closing quote")
	return ""
}

// escape reads one escape. Half of a surrogate pair becomes U+FFFD, as in
// encoding/json.
func (s *scanner) escape() (rune, bool) {
	if s.pos+1 >= len(s.text) {
		s.pos = len(s.text)
		s.fail("text without its closing quote")
		return 0, false
	}
	c := s.text[s.pos+1]
	if c == 'u' {
		return s.unicode()
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	i := strings.IndexByte(from, c)
	if i < 0 {
		s.fail("unknown escape")
		return 0, false
	}
	s.pos += 2
	return rune(to[i]), true
}

func (s *scanner) unicode() (rune, bool) {
	r, ok := hex4(s.text[s.pos:])
	if !ok {
		s.fail(`\u without four hexadecimal digits`)
		return 0, false
	}
	s.pos += 6
	if !utf16.IsSurrogate(r) {
		return r, true
	}
	if low, ok := hex4(s.text[s.pos:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			s.pos += 6
			return pair, true
		}
	}
	return utf8.RuneError, true
}

// hex4 returns the code unit of the \uXXXX that s begins with.
func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
