package election

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Canonical is the form in which names and ids are compared and stored. It is a
// pure function of the text, and Canonical(Canonical(s)) is Canonical(s):
//
//   - Unicode's composed form NFC, so that é is one letter however it was typed;
//   - full-width and half-width forms as ordinary ones (RFC 8265 does the same
//     to user names). Other compatibility characters stay: the form NFKC would
//     make 7² and 72 one voter;
//   - without what can't be seen: control characters and Unicode's default
//     ignorable ones, such as a BOM, zero-width spaces, soft hyphens, marks of
//     writing direction and variation selectors. A joiner stays where it changes
//     what is seen (see joins), a tag in the flag that it makes;
//   - runs of white space, non-breaking included, as one space; none at the ends.
//
// Case stays: see fold.
func Canonical(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFC.String(width.Fold.String(s))
	// Marks that close up may be put in another order, and a joiner have other
	// neighbours: until nothing goes any more.
	for before := ""; s != before; {
		before, s = s, norm.NFC.String(visible(s))
	}
	return strings.Join(strings.Fields(s), " ")
}

// plain reports whether s is in canonical form for being of printable ASCII and
// of the Latin letters with accents in one character, with single spaces inside,
// as most texts are.
func plain(s string) bool {
	space := true // as if one stood before: none may begin the text
	for i := range len(s) {
		switch c := s[i]; {
		case ' ' < c && c <= '~':
			space = false
		case c == ' ' && !space:
			space = true
		default:
			return c >= utf8.RuneSelf && plainLatin(s)
		}
	}
	return s == "" || !space
}

// plainLatin is plain for a text that has other letters than ASCII's.
func plainLatin(s string) bool {
	space := true
	for _, r := range s {
		switch {
		case r == ' ' && !space:
			space = true
		case ' ' < r && r <= '~', 'À' <= r && r <= 'ɏ':
			space = false
		default:
			return false
		}
	}
	return !space
}

// fold is the form in which names of an election file are compared: canonical,
// and letters in one case as Unicode folds them (ß is ss).
func fold(s string) string {
	s = Canonical(s)
	for i := range len(s) {
		if s[i] >= 0x80 {
			return Canonical(cases.Fold().String(s))
		}
	}
	return strings.ToLower(s)
}

// visible leaves out of a text what can't be seen, and makes white space spaces.
func visible(s string) string {
	in := []rune(s)
	out := make([]rune, 0, len(in))
	for i := 0; i < len(in); i++ {
		switch r := in[i]; {
		case blank(r):
			out = append(out, ' ')
		case isJoiner(r):
			if joins(r, last(out), next(in[i+1:])) {
				out = append(out, r)
			}
		case isTag(r):
			if n := flagTags(in[i:]); last(out) == blackFlag {
				out = append(out, in[i:i+n]...)
				i += max(n-1, 0)
			}
		case !ignorable(r):
			out = append(out, r)
		}
	}
	return string(out)
}

// blank reports whether r is white space. Braille's empty cell is its space.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u2800' }

// ignorable reports whether r is a control character, or is among those that
// Unicode calls default ignorable, by the definition of its Standard (5.21).
func ignorable(r rune) bool {
	switch {
	case r < 0x7f:
		return r < ' '
	case '\ufff9' <= r && r <= '\ufffb': // an annotation's marks: what they enclose would run into the text
		return true
	case '\U00013430' <= r && r <= '\U0001345f', unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // formats that are seen
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func last(runes []rune) rune {
	if len(runes) == 0 {
		return 0
	}
	return runes[len(runes)-1]
}

// next is the first rune that can be seen, or 0.
func next(runes []rune) rune {
	for _, r := range runes {
		if !ignorable(r) {
			return r
		}
	}
	return 0
}
