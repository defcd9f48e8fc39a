package json

import (
	"encoding/json"
	"strings"
)

// part is the text at a path of a JSON text that is valid; found tells whether there is one. It reads no more than it must:
// to make a tree of a text takes ten times as long. Of keys that an object has twice the first one counts.
func part(text string, path []segment) (out string, found bool) {
	text = strings.TrimLeft(text, space)
	for _, s := range path {
		if s.key != nil {
			text, found = member(text, *s.key)
		} else {
			text, found = element(text, s.index)
		}
		if !found {
			return "", false
		}
	}
	return text[:end(text)], true
}

// value is what Parse makes of a text that is valid. It takes the short way where that says the same.
func value(text string) (any, error) {
	switch c := text[0]; {
	case c == '-', '0' <= c && c <= '9':
		return json.Number(text), nil
	case c == '"' && plain(text):
		return text[1 : len(text)-1], nil
	case text == "true":
		return true, nil
	case text == "false":
		return false, nil
	case text == "null":
		return nil, nil
	}
	return Parse(text)
}

// space is what may stand between the tokens of JSON.
const space = " \t\r\n"

// member is what begins with the value of a key of the object that a text begins with.
func member(text, key string) (rest string, found bool) {
	if text[0] != '{' {
		return "", false
	}
	for text = next(text[1:]); text[0] != '}'; text = next(text) {
		n := end(text)
		name := text[1 : n-1]
		if !plain(name) {
			_ = json.Unmarshal([]byte(text[:n]), &name) // it is valid
		}
		if text = next(text[n:]); name == key {
			return text, true
		}
		text = text[end(text):]
	}
	return "", false
}

// element is what begins with an element of the array that a text begins with.
func element(text string, index int) (rest string, found bool) {
	if text[0] != '[' {
		return "", false
	}
	for text = next(text[1:]); text[0] != ']'; text = next(text) {
		if index == 0 {
			return text, true
		}
		index--
		text = text[end(text):]
	}
	return "", false
}

// next is a text without the space, and a comma or colon, that it begins with.
func next(text string) string { return strings.TrimLeft(text, space+",:") }

// plain reports whether a text is of ASCII only, without a backslash: it is the same before and after it was read.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\\' {
			return false
		}
	}
	return true
}

// end is the length of the value that a text begins with.
func end(text string) int {
	switch text[0] {
	case '"':
		for i := 1; ; i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
	case '{', '[':
		depth := 0
		for i := 0; ; i++ {
			switch text[i] {
			case '"':
				i += end(text[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	if i := strings.IndexAny(text, space+",:]}"); i >= 0 {
		return i
	}
	return len(text)
}
