package canonical

import (
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'

	blackFlag = '\U0001f3f4' // with tags the flag of a part of a country
	cancelTag = '\U000e007f' // ends them

	virama = 9 // the canonical combining class of the signs that make conjuncts
)

func isJoiner(r rune) bool { return r == zeroWidthNonJoiner || r == zeroWidthJoiner }

// joins reports whether a joiner between two characters changes what is seen. It
// does beside a virama of the Indic scripts, between letters that Arabic and
// similar scripts would connect (both by RFC 5892, appendix A), and in an emoji
// that is composed of several. A missing character is 0.
func joins(joiner, before, after rune) bool {
	if isJoiner(before) {
		return false
	}
	if joiner == zeroWidthJoiner {
		// Behind a virama it counts at the end of a word too: it makes half a letter.
		return combiningClass(before) == virama || combiningClass(after) == virama || (pictograph(before) && pictograph(after))
	}
	return (combiningClass(before) == virama && unicode.IsLetter(after)) || connected(before, after)
}

func combiningClass(r rune) uint8 { return norm.NFC.PropertiesString(string(r)).CCC() }

// contextual checks joiners by the rules of RFC 5892, and nothing else.
var contextual = idna.New(idna.CheckJoiners(true))

// connected reports whether two letters are connected unless a non-joiner stands
// between them. Of a letter that bears marks only the mark is looked at, and the
// answer is then true for the cursive scripts.
func connected(before, after rune) bool {
	switch {
	case !unicode.In(before, unicode.L, unicode.M) || !unicode.In(after, unicode.L, unicode.M):
		return false
	case unicode.Is(unicode.M, before) || unicode.Is(unicode.M, after):
		return unicode.In(before, cursiveScripts...) || unicode.In(after, cursiveScripts...)
	}
	_, err := contextual.ToUnicode(string([]rune{before, zeroWidthNonJoiner, after}))
	return err == nil
}

// cursiveScripts are the scripts that connect letters and write marks on them.
var cursiveScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Nko, unicode.Mongolian, unicode.Adlam, unicode.Hanifi_Rohingya,
}

// pictograph reports whether r may be a part of an emoji sequence: a symbol, the
// arrow among them that Unicode calls mathematical, or anything in the blocks of
// pictographs, which get new characters every year.
func pictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '↔' || ('\U0001f000' <= r && r <= '\U0001faff')
}

func isTag(r rune) bool { return '\U000e0020' <= r && r <= cancelTag }

// flagTags returns the length of the tag sequence of a flag that a text begins
// with: at least one tag, then the one that ends them. It is 0 if there is none.
func flagTags(runes []rune) int {
	for i, r := range runes {
		switch {
		case !isTag(r):
			return 0
		case r == cancelTag:
			if i == 0 {
				return 0
			}
			return i + 1
		}
	}
	return 0
}
