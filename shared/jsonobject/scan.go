// Package jsonobject reads the members of one JSON object. It uses no reflection, and
// allocates nothing for values that it only checks.
//
// It accepts what encoding/json's Valid accepts, if it is valid UTF-8 and nested at most
// 64 deep. Values inside arrays and objects are checked and not returned.
package jsonobject

import (
	"fmt"
	"unicode/utf8"
)

// Kind is the JSON type of a value.
type Kind uint8

// The kinds. The zero Value is a null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind with its article, for use in a sentence.
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a text", "an array", "an object"}[k]
}

// Value is the value of a member. Text is the content of a string, with its escapes
// resolved. For any other kind it is the JSON text of the value.
type Value struct {
	Kind Kind
	Text string
}

// SyntaxError says what in a text isn't JSON, and where.
type SyntaxError struct {
	Offset  int // bytes before the fault
	Problem string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Problem, e.Offset) }

// Problems of a SyntaxError that callers compare with.
const (
	InvalidUTF8  = "invalid UTF-8"
	TextAfter    = "text after the value"
	NameExpected = "expected a name in double quotes"
)

// TypeError says that a text is JSON and not an object.
type TypeError struct{ Value Value }

func (e *TypeError) Error() string { return fmt.Sprintf("it is %s, not an object", e.Value.Kind) }

// maxDepth bounds the nesting, and with it the stack.
const maxDepth = 64

// Each calls visit for each member of an object, in order. A name that is there twice is
// visited twice. Members may have been visited before an error is found. The error
// is a *SyntaxError or a *TypeError.
func Each(text string, visit func(name string, v Value)) error {
	if !utf8.ValidString(text) {
		return &SyntaxError{Offset: firstInvalid(text), Problem: InvalidUTF8}
	}
	s := scanner{text: text}
	s.space()
	if s.peek() == '{' {
		s.object(1, visit)
	} else {
		v := s.value(0)
		s.end()
		if s.err == nil {
			return &TypeError{Value: v}
		}
		return s.err
	}
	s.end()
	if s.err != nil {
		return s.err
	}
	return nil
}

func firstInvalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return i
			}
		}
	}
	return len(text)
}

// scanner reads a text up to its end or the first error. After an error every method
// does nothing.
type scanner struct {
	text string
	pos  int
	err  error
}

func (s *scanner) fail(problem string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: s.pos, Problem: problem}
		s.pos = len(s.text)
	}
}

// peek returns the next byte, or 0 at the end. A 0 in the text is an error for every
// caller, too.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) end() {
	s.space()
	if s.pos < len(s.text) {
		s.fail(TextAfter)
	}
}

func (s *scanner) want(c byte, problem string) {
	if s.peek() != c {
		s.fail(problem)
		return
	}
	s.pos++
}

// object reads an object; visit may be nil.
func (s *scanner) object(depth int, visit func(string, Value)) {
	s.pos++
	s.space()
	if s.peek() == '}' {
		s.pos++
		return
	}
	for s.err == nil {
		s.space()
		if s.peek() != '"' {
			s.fail(NameExpected)
			return
		}
		name := s.str()
		s.space()
		s.want(':', "expected a colon after the name")
		s.space()
		v := s.value(depth)
		if s.err != nil {
			return
		}
		if visit != nil {
			visit(name, v)
		}
		s.space()
		if s.peek() == '}' {
			s.pos++
			return
		}
		s.want(',', "expected a comma or } after a value")
	}
}

func (s *scanner) array(depth int) {
	s.pos++
	s.space()
	if s.peek() == ']' {
		s.pos++
		return
	}
	for s.err == nil {
		s.space()
		s.value(depth)
		s.space()
		if s.peek() == ']' {
			s.pos++
			return
		}
		s.want(',', "expected a comma or ] after a value")
	}
}

// value reads a value that is nested depth deep.
func (s *scanner) value(depth int) Value {
	start := s.pos
	switch c := s.peek(); {
	case c == '"':
		return Value{String, s.str()}
	case c == '-' || '0' <= c && c <= '9':
		s.number()
		return Value{Number, s.text[start:s.pos]}
	case c == '{' || c == '[':
		if depth >= maxDepth {
			s.fail(fmt.Sprintf("nested more than %d deep", maxDepth))
			return Value{}
		}
		kind := Object
		if c == '[' {
			kind = Array
			s.array(depth + 1)
		} else {
			s.object(depth+1, nil)
		}
		return Value{kind, s.text[start:s.pos]}
	case c == 't':
		return Value{Bool, s.literal("true")}
	case c == 'f':
		return Value{Bool, s.literal("false")}
	case c == 'n':
		return Value{Null, s.literal("null")}
	case s.pos == len(s.text):
		s.fail("unexpected end")
	default:
		s.fail("expected a value")
	}
	return Value{}
}

func (s *scanner) literal(word string) string {
	if len(s.text)-s.pos < len(word) || s.text[s.pos:s.pos+len(word)] != word {
		s.fail("expected " + word)
		return ""
	}
	s.pos += len(word)
	return word
}

// number skips a number of RFC 8259.
func (s *scanner) number() {
	if s.peek() == '-' {
		s.pos++
	}
	switch c := s.peek(); {
	case c == '0':
		s.pos++
	case '1' <= c && c <= '9':
		s.digits()
	default:
		s.fail("expected a digit")
		return
	}
	if s.peek() == '.' {
		s.pos++
		s.digits()
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		s.digits()
	}
}

// digits skips one digit or more.
func (s *scanner) digits() {
	start := s.pos
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.pos++
	}
	if s.pos == start {
		s.fail("expected a digit")
	}
}
