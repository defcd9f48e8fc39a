package ledger

import (
	"testing"
)

// TestKeyer holds the form of a voter's key, which is part of the tables'
// description; the value was worked out with openssl.
func TestKeyer(t *testing.T) {
	keyer := Keyer([]byte("0123456789abcdef"), "isles-2026")
	got := keyer("V00000017")
	if len(got) != 22 || got != keyer("V00000017") || got == keyer("V00000018") || got == Keyer([]byte("0123456789abcdef"), "other")("V00000017") {
		t.Errorf("key %q: want 22 characters that depend on the voter and the election", got)
	}
	if want := "TFhA7K448LHKKzJLD90tMw"; got != want {
		t.Errorf("key: got %s, want %s", got, want)
	}
}
