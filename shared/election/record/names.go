package record

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/shared/election/canonical"
)

// nameIndex finds the ids of candidates or regions by their names: as the election
// file spells them, which is what most records hold, and folded.
type nameIndex struct{ spelt, folded map[string]string }

func newNameIndex() nameIndex {
	return nameIndex{spelt: map[string]string{}, folded: map[string]string{}}
}

func (x nameIndex) enter(id string, names []string) {
	for _, n := range names {
		x.spelt[n] = id
		x.folded[canonical.Fold(n)] = id
	}
}

// resolve finds the id that a name stands for. Text is the name as it was sent, and
// empty if the election file spells it so.
func (x nameIndex) resolve(n name) (id, text string, ok bool) {
	if id, ok := x.spelt[n.text]; ok {
		return id, "", true
	}
	id, ok = x.folded[canonical.Fold(n.canonical)]
	return id, n.text, ok
}

// mixture says which other alphabet a name mixes with Latin letters, as the end of a
// sentence; it is empty if the name mixes none. Cyrillic and Greek letters have the
// shapes of Latin ones, so that the name may look like the one that was meant.
func mixture(s string) string {
	has := func(script *unicode.RangeTable) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(script, r) })
	}
	if !has(unicode.Latin) {
		return ""
	}
	for _, name := range []string{"Cyrillic", "Greek"} {
		if has(unicode.Scripts[name]) {
			return fmt.Sprintf(": it mixes Latin letters with %s ones, %+.80q", name, s)
		}
	}
	return ""
}
