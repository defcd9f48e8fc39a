package deadletter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shown are the fields of a record that say no more about the voter than the
// tables do.
var shown = map[string]bool{
	"vote_id": true, "candidate": true, "candidate_image": true, "timestamp": true, "voted_at": true, "polling_station": true,
	"age": true, "gender": true, "state": true, "county": true, "precinct": true, "registration_date": true,
}

// shownBytes is how much of a record is shown.
const shownBytes = 2000

// Masked is a record's value as people may see it. Of a JSON object it keeps the
// fields that don't say who the voter is, and masks the others. Of anything else it
// keeps the outline only, which shows where the text breaks off.
func Masked(value []byte) string {
	switch {
	case value == nil:
		return "(no value: a tombstone)"
	case len(bytes.TrimSpace(value)) == 0:
		return fmt.Sprintf("(%d blank bytes)", len(value))
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(value, &fields) != nil {
		return "(not a JSON object; its outline:) " + cut(outline(string(value), shown, whose...))
	}
	parts := make([]string, 0, len(fields))
	for name, v := range fields {
		if !shown[name] || v[0] == '{' || v[0] == '[' {
			v = quoted(mask(v))
		}
		parts = append(parts, string(quoted(outline(name, shown, whose...)))+":"+string(v))
	}
	slices.Sort(parts)
	return cut("{" + strings.Join(parts, ",") + "}")
}

// whose are the names of fields that say who the voter is.
var whose = []string{"voter_id", "name"}

func quoted(s string) json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("deadletter: %v", err)) // every text has one
	}
	return text
}

// mask keeps the first two characters of a longer text, and its length.
func mask(v json.RawMessage) string {
	text := string(v)
	var s string
	if json.Unmarshal(v, &s) == nil {
		text = s
	}
	n := utf8.RuneCountInString(text)
	if n < 6 {
		return fmt.Sprintf("(%d characters)", n)
	}
	first := []rune(text)[:2]
	return fmt.Sprintf("%s… (%d characters)", string(first), n)
}

// outline replaces the letters of a text by x and its digits by 9. Punctuation and
// the names of known fields remain.
func outline(text string, known map[string]bool, more ...string) string {
	var b strings.Builder
	for len(text) > 0 {
		word := len(text)
		for i, r := range text {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
				word = i
				break
			}
		}
		if name := text[:word]; word > 0 {
			if known[name] || slices.Contains(more, name) {
				b.WriteString(name)
			} else {
				b.WriteString(strings.Map(hide, name))
			}
			text = text[word:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		if unicode.IsPrint(r) && r != utf8.RuneError {
			b.WriteRune(r)
		} else {
			b.WriteRune('·')
		}
		text = text[n:]
	}
	return b.String()
}

func hide(r rune) rune {
	if unicode.IsDigit(r) {
		return '9'
	}
	return 'x'
}

func cut(s string) string {
	if len(s) <= shownBytes {
		return s
	}
	end := shownBytes
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:end], len(s))
}
