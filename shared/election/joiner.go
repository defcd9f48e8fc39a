package election

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

// joins reports whether a joiner between two characters changes what is seen:
// beside a virama of the Indic scripts, between letters that would be connected
// in Arabic and its like (both by RFC 5892, appendix A), and in emoji that are
// put together of several. Anywhere else nobody can see it. A missing character
// is 0.
func joins(joiner, before, after rune) bool {
	if isJoiner(before) {
		return false
	}
	if joiner == zeroWidthJoiner {
		// Behind a virama also at the end of a word, where it makes half a letter.
		return combiningClass(before) == virama || combiningClass(after) == virama || (pictograph(before) && pictograph(after))
	}
	return (combiningClass(before) == virama && unicode.IsLetter(after)) || connected(before, after)
}

func combiningClass(r rune) uint8 { return norm.NFC.PropertiesString(string(r)).CCC() }

// contextual checks joiners by the rules of RFC 5892, and nothing else.
var contextual = idna.New(idna.CheckJoiners(true))

// connected reports whether two letters are connected unless a non-joiner stands
// between them. A letter with marks on it counts as its marks: rarely seen, and
// then the joiner stays.
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

// cursiveScripts are those whose vowel signs are marks of their own or are
// inherited (the Arabic ones).
var cursiveScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Nko, unicode.Mongolian, unicode.Adlam, unicode.Hanifi_Rohingya,
}

// pictograph reports whether r may be a part of an emoji sequence: a symbol, a
// skin tone, or one of the two arrows among them that Unicode calls
// mathematical. The block of pictographs gets new ones every year.
func pictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '↔' || ('\U0001f000' <= r && r <= '\U0001faff')
}

func isTag(r rune) bool { return '\U000e0020' <= r && r <= cancelTag }

// flagTags is the number of tags that a text begins with and that make a flag:
// some, and the one that ends them. Others are 0.
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
