package delta

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// apply does what a reader does with edits, as they come.
func apply(t *testing.T, text string, edits []Edit) string {
	t.Helper()
	data, err := json.Marshal(edits)
	if err != nil {
		t.Fatal(err)
	}
	return sample.Patched(t, text, data)
}

func TestEdits(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		most     int // edits
	}{
		"equal":     {"<p>1</p>", "<p>1</p>", 0},
		"a figure":  {"<p>Votes: <b>1,204</b></p>", "<p>Votes: <b>1,209</b></p>", 3},
		"empty":     {"", "<p>1</p>", 1},
		"to empty":  {"<p>1</p>", "", 1},
		"a row":     {"<li>a<li>b<li>c", "<li>a<li>x<li>b<li>c", 2},
		"moved":     {"<li>a<li>b<li>c", "<li>c<li>a<li>b", 5},
		"beyond":    {"<p>𝔸 𝔹 5 é</p><p>x</p>", "<p>𝔸 𝔻 5 è</p><p>y</p>", 6},
		"surrogate": {"𝔸", "𝔹", 2}, // equal in their first three bytes
		"repeated":  {"aaaa", "aaa", 2},
	} {
		edits := Edits([]byte(c.from), []byte(c.to), time.Minute)
		if got := apply(t, c.from, edits); got != c.to {
			t.Errorf("%s: %v makes %q, want %q", name, edits, got, c.to)
		}
		if len(edits) > c.most {
			t.Errorf("%s: %d edits %v, want %d at most", name, len(edits), edits, c.most)
		}
	}
}

func FuzzEdits(f *testing.F) {
	f.Add("<p>1</p>", "<p>2</p>")
	f.Add("𝔸,𝔹<", "𝔸,é>")
	f.Fuzz(func(t *testing.T, from, to string) {
		from, to = strings.ToValidUTF8(from, "?"), strings.ToValidUTF8(to, "?") // as all pages are
		if got := apply(t, from, Edits([]byte(from), []byte(to), 100*time.Millisecond)); got != to {
			t.Errorf("%q becomes %q, want %q", from, got, to)
		}
	})
}
