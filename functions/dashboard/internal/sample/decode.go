package sample

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"unicode/utf16"
)

// Decode reads a JSON object. Its numbers stay as they are written.
func Decode(t testing.TB, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// Patched makes the edits of a text that a stream brings, as the page's script does.
func Patched(t testing.TB, text string, edits []byte) string {
	t.Helper()
	var list []any
	if err := json.Unmarshal(edits, &list); err != nil {
		t.Fatalf("%v in %.200s", err, edits)
	}
	units, at := utf16.Encode([]rune(text)), 0
	var made []uint16
	for _, e := range list {
		switch e := e.(type) {
		case string:
			made = append(made, utf16.Encode([]rune(e))...)
		case float64:
			if e > 0 {
				made = append(made, units[at:at+int(e)]...)
			}
			at += int(math.Abs(e))
		}
	}
	return string(utf16.Decode(append(made, units[at:]...)))
}
