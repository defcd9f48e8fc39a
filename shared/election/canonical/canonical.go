// Package canonical holds the form in which names and ids are compared and
// stored, so that a voter is one voter and a candidate is one candidate, however
// they were typed. docs/records.md says the same for producers.
//
// A version of this package that changes the form of an id makes another voter of
// it: a vote and a registration that were read by different versions may not meet.
package canonical

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/tallystream/tallystream/shared/election/decimal"
)

// Text returns the canonical form of a text. It is a pure function of the text,
// and Text(Text(s)) is Text(s). The form
//
//   - is Unicode's composed form NFC: é is one letter, however it was typed;
//   - has ordinary characters for full-width and half-width ones, as RFC 8265 has
//     it for user names. Other compatibility characters stay: NFKC would make 7²
//     and 72 one voter;
//   - leaves out what can't be seen: control characters, and Unicode's default
//     ignorable ones, such as a byte order mark, zero-width spaces, soft hyphens,
//     marks of writing direction and variation selectors. A joiner stays where it
//     changes what is seen (see joins), and a tag in the flag that it makes;
//   - has one space for a run of white space, non-breaking included, and none at
//     the ends.
//
// Case stays: see [Fold].
func Text(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFC.String(width.Fold.String(s))
	// Leaving out a character may bring marks together, which NFC then reorders, and
	// may give a joiner other neighbours. So repeat until nothing changes.
	for before := ""; s != before; {
		before, s = s, norm.NFC.String(visible(s))
	}
	return strings.Join(strings.Fields(s), " ")
}

// ID returns the form of an id that was sent as a text, given the text's canonical
// form. Digits lose the ".0" that a column of floats leaves behind them when it is
// written as text. Digits with a leading 0 keep it: no such column writes one.
func ID(s string) string {
	digits, pointed := strings.CutSuffix(s, ".0")
	if !pointed || !decimal.AllDigits(digits) || (len(digits) > 1 && digits[0] == '0') {
		return s
	}
	return digits
}

// Fold returns the form in which names of an election file are compared: the
// canonical form, in one case as Unicode folds it (ß is ss).
func Fold(s string) string {
	s = Text(s)
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return Text(cases.Fold().String(s))
		}
	}
	return strings.ToLower(s)
}

// plain reports whether s is canonical by a quick test that most texts pass: it
// holds only printable ASCII, Latin letters with accents in one character, and
// single spaces inside. A canonical text may fail the test.
func plain(s string) bool {
	space := true // a text may not begin with a space
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

// plainLatin is plain for a text with characters beyond ASCII.
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

// blank reports whether r is white space. The empty cell is Braille's space.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u2800' }

// ignorable reports whether r is a control character or one that Unicode calls
// default ignorable (The Unicode Standard, section 5.21).
func ignorable(r rune) bool {
	switch {
	case r < 0x7f:
		return r < ' '
	case '\ufff9' <= r && r <= '\ufffb': // marks of an interlinear annotation
		return true
	case '\U00013430' <= r && r <= '\U0001345f', unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // format characters that are seen
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// last returns the last rune, 0 if there is none.
func last(runes []rune) rune {
	if len(runes) == 0 {
		return 0
	}
	return runes[len(runes)-1]
}

// next returns the first rune that can be seen, 0 if there is none.
func next(runes []rune) rune {
	for _, r := range runes {
		if !ignorable(r) {
			return r
		}
	}
	return 0
}
