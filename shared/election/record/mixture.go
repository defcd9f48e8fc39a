package record

import (
	"fmt"
	"strings"
	"unicode"
)

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
