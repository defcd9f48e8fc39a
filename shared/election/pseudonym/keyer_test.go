package pseudonym_test

import (
	"testing"

	"github.com/tallystream/tallystream/shared/election/pseudonym"
)

// The key's definition is fixed: tables hold it. The value was computed with
// printf 'mayor-2026\0p1' | openssl dgst -sha256 -hmac 0123456789abcdef.
func TestVoterKey(t *testing.T) {
	keyer := pseudonym.NewKeyer([]byte("0123456789abcdef"), "mayor-2026")
	for range 2 { // the second time from a used state
		if got, want := keyer.VoterKey("p1"), "j097NJ7IwWwknxAqMnTJrA"; got != want {
			t.Errorf("VoterKey = %q, want %q", got, want)
		}
	}
	if keyer.VoterKey("p2") == keyer.VoterKey("p1") {
		t.Error("two voters share a key")
	}
	if pseudonym.NewKeyer([]byte("0123456789abcdef"), "other").VoterKey("p1") == keyer.VoterKey("p1") {
		t.Error("a voter has the same key in two elections")
	}
}

func BenchmarkVoterKey(b *testing.B) {
	keyer := pseudonym.NewKeyer([]byte("0123456789abcdef"), "mayor-2026")
	b.ReportAllocs()
	for b.Loop() {
		keyer.VoterKey("5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a")
	}
}
