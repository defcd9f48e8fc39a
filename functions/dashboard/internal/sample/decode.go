package sample

import (
	"bytes"
	"encoding/json"
	"testing"
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
