package canonical_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/canonical"
)

func TestText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "Ana Rivera", "Ana Rivera"},
		{"nothing", "", ""},
		{"composed", "Jos\u00e9", "José"},
		{"decomposed", "Jose\u0301", "José"},
		{"marks in another order", "q\u0307\u0323", "q\u0323\u0307"},
		{"hangul in parts", "\u1112\u1161\u11ab", "한"},
		{"spaces", "  Ana \t\n Rivera ", "Ana Rivera"},
		{"no-break, narrow and ideographic spaces", "Ana\u00a0\u202f\u3000Rivera", "Ana Rivera"},
		{"empty cell of braille", "Ana\u2800Rivera", "Ana Rivera"},
		{"byte order mark", "\ufeffAna", "Ana"},
		{"zero-width space and word joiner", "A\u200bn\u2060a", "Ana"},
		{"soft hyphen", "Ri\u00advera", "Rivera"},
		{"marks of direction", "\u200e\u202aAna\u202c\u200f\u2066\u2069\u061c", "Ana"},
		{"control characters", "An\x00a\x7f\u0085", "Ana"},
		{"hangul fillers", "\u3164Ana\u115f\uffa0", "Ana"},
		{"invisible between a letter and its accent", "Jose\u200b\u0301", "José"},
		{"full width", "Ａｎａ　Ｒｉｖｅｒａ", "Ana Rivera"},
		{"half-width katakana", "ｶﾞﾙｼｱ", "ガルシア"},
		{"other compatibility characters", "7² ﬁ ½", "7² ﬁ ½"},
		{"letters that look alike", "А\u0430", "А\u0430"}, // Cyrillic
		{"case", "ANA ana ẞ ß", "ANA ana ẞ ß"},

		{"joiners where nothing joins", "A\u200dn\u200ca\u200d", "Ana"},
		{"non-joiner in Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"after a letter that joins nothing", "دا\u200cنش", "دانش"},
		{"at the end of a word", "می\u200c خواهم", "می خواهم"},
		{"joiner of a conjunct", "क्\u200dष", "क्\u200dष"},
		{"non-joiner of a conjunct", "क्\u200cष", "क्\u200cष"},
		{"joiner of half a letter at the end of a word", "അവന്\u200d", "അവന്\u200d"},
		{"non-joiner at the end of a word", "क्\u200c क", "क् क"},
		{"joiner before a virama, in Bengali", "র\u200d্যাব", "র\u200d্যাব"},
		{"joiner twice", "क्\u200d\u200dष", "क्\u200dष"},
		{"joiner twice before a virama", "র\u200d\u200d্যাব", "র\u200d্যাব"},
		{"joined emoji", "🗳️ Ana 👩🏽\u200d⚖️", "🗳 Ana 👩🏽\u200d⚖"},
		{"joiner behind an emoji", "👩\u200d Ana", "👩 Ana"},
		{"flag of England", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
		{"tags without a flag", "Ana\U000e0067\U000e0062\U000e007f", "Ana"},
		{"a flag that isn't finished", "🏴\U000e0067\U000e0062 Ana", "🏴 Ana"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := canonical.Text(tt.text); got != tt.want {
				t.Errorf("Text(%+q) = %+q, want %+q", tt.text, got, tt.want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"Ana Rivera", "Jose\u0301", "\ufeff A\u00a0 \u200bB", "می\u200cخواهم", "👩🏽\u200d⚖️", "क्\u200d\u200cष", "a\u0300\u0345\u0301",
		"ｶﾞ", "🏴\U000e0067\U000e007f\U000e0067", "\u1100\u1160\u11a8", "e" + strings.Repeat("\u0301", 40), "\xff", "A\u00a0\u0301",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > election.MaxTextBytes {
			return // no text of a record gets here
		}
		once := canonical.Text(s)
		if twice := canonical.Text(once); twice != once {
			t.Errorf("Text(%+q) = %+q, and of that %+q", s, once, twice)
		}
		if marked := canonical.Text("\ufeff " + s + "\u200b\u00a0"); marked != once {
			t.Errorf("Text(%+q) = %+q, with marks around it %+q", s, once, marked)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for name, s := range map[string]string{"plain": "Ana Rivera", "accent": "José Rivera", "decomposed": "Jose\u0301 Rivera"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				canonical.Text(s)
			}
		})
	}
}

func TestID(t *testing.T) {
	for text, want := range map[string]string{
		"7001": "7001", "7001.0": "7001", "0.0": "0", "007001.0": "007001.0", "7001.00": "7001.00", "-7.0": "-7.0", "A7.0": "A7.0", ".0": ".0", "": "",
	} {
		if got := canonical.ID(text); got != want {
			t.Errorf("ID(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for _, pair := range [][2]string{
		{"ANA Rivera", "ana  rivera"}, {"Straße", "STRASSE"}, {"INE\u0301S", "inés"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
	} {
		if a, b := canonical.Fold(pair[0]), canonical.Fold(pair[1]); a != b {
			t.Errorf("%q folds to %q, and %q to %q", pair[0], a, pair[1], b)
		}
	}
	if canonical.Fold("Ines") == canonical.Fold("Inés") {
		t.Error("a letter with an accent folds to the letter without it")
	}
}
