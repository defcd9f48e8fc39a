package rejection_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election/rejection"
)

// An excerpt ends with a whole character and can't break a line.
func TestExcerpt(t *testing.T) {
	for text, want := range map[string]string{
		"":                            `""`,
		"a\nb":                        `"a\nb"`,
		strings.Repeat("a", 80):       `"` + strings.Repeat("a", 80) + `"`,
		strings.Repeat("a", 81):       `"` + strings.Repeat("a", 80) + `"…`,
		strings.Repeat("é", 41):       `"` + strings.Repeat("é", 40) + `"…`,
		"a" + strings.Repeat("é", 40): `"a` + strings.Repeat("é", 39) + `"…`,
	} {
		if got := rejection.Excerpt(text); got != want {
			t.Errorf("Excerpt(%q) = %s, want %s", text, got, want)
		}
	}
}
