package election_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tallystream/tallystream/shared/election"
)

func TestCanonical(t *testing.T) {
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
			if got := election.Canonical(tt.text); got != tt.want {
				t.Errorf("Canonical(%+q) = %+q, want %+q", tt.text, got, tt.want)
			}
		})
	}
}

func FuzzCanonical(f *testing.F) {
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
		once := election.Canonical(s)
		if twice := election.Canonical(once); twice != once {
			t.Errorf("Canonical(%+q) = %+q, and of that %+q", s, once, twice)
		}
		if marked := election.Canonical("\ufeff " + s + "\u200b\u00a0"); marked != once {
			t.Errorf("Canonical(%+q) = %+q, with marks around it %+q", s, once, marked)
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	for name, s := range map[string]string{"plain": "Ana Rivera", "accent": "José Rivera", "decomposed": "Jose\u0301 Rivera"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				election.Canonical(s)
			}
		})
	}
}

// Spellings that look the same are one candidate, with and without a ballot, and
// what the record said is kept beside it.
func TestOneCandidateHoweverTyped(t *testing.T) {
	listed := election.NewParser(&election.Election{ID: "e", Name: "E", Candidates: []election.Candidate{
		{ID: "vasquez", Name: "Inés Vásquez"}, {ID: "strasser", Name: "Jürgen Straßer"},
	}})
	open := election.NewParser(election.OpenBallot())
	vote := func(p *election.Parser, candidate string) election.Vote {
		t.Helper()
		v, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"`+candidate+`"}`), recorded)
		if r != nil {
			t.Fatalf("candidate %+q: %v", candidate, r)
		}
		return v
	}
	for _, text := range []string{
		"Ine\u0301s Va\u0301squez", "\ufeffInés Vásquez", "Inés Vásquez\u200b", "Inés\u00a0Vásquez", " Inés   Vásquez\t", "In\u00adés Vásquez", "Ｉnés Vásquez",
	} {
		escaped := strings.ReplaceAll(text, "\t", `\t`)
		if v := vote(listed, escaped); v.Candidate != "vasquez" || v.CandidateText != text {
			t.Errorf("on a ballot %+q is %q, kept as %+q", text, v.Candidate, v.CandidateText)
		}
		if v := vote(open, escaped); v.Candidate != "Inés Vásquez" || v.CandidateText != text {
			t.Errorf("in an open ballot %+q is %q, kept as %+q", text, v.Candidate, v.CandidateText)
		}
	}
	// As the file spells it, there is nothing to keep.
	for _, text := range []string{"vasquez", "Inés Vásquez"} {
		if v := vote(listed, text); v.Candidate != "vasquez" || v.CandidateText != "" {
			t.Errorf("on a ballot %q is %q, kept as %q", text, v.Candidate, v.CandidateText)
		}
	}
	if v := vote(open, "Inés Vásquez"); v.Candidate != "Inés Vásquez" || v.CandidateText != "" {
		t.Errorf("in an open ballot %q is kept as %q", v.Candidate, v.CandidateText)
	}
	// A ballot has no case; without one nothing says which case is right.
	for _, text := range []string{"INÉS VÁSQUEZ", "inés vásquez", "VASQUEZ"} {
		if v := vote(listed, text); v.Candidate != "vasquez" || v.CandidateText != text {
			t.Errorf("on a ballot %q is %q, kept as %q", text, v.Candidate, v.CandidateText)
		}
		if v := vote(open, text); v.Candidate != text {
			t.Errorf("in an open ballot %q is %q", text, v.Candidate)
		}
	}
	if v := vote(listed, "JÜRGEN STRASSER"); v.Candidate != "strasser" {
		t.Errorf("STRASSER is %q", v.Candidate)
	}
	if _, r := listed.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"Ines Vasquez"}`), recorded); r == nil {
		t.Error("letters without their accents are taken for the same")
	}
	_, r := listed.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":"Inés Vásquеz"}`), recorded)
	want := `candidate "Inés Vásquеz" isn't on the ballot: it mixes Latin letters with Cyrillic ones, "In\u00e9s V\u00e1squ\u0435z"`
	if r == nil || r.Detail != want {
		t.Errorf("a Cyrillic letter: %v, want %s", r, want)
	}
	if _, r := open.Vote([]byte("{\"voter_id\":\"p\",\"timestamp\":\"2026-11-03T09:30:00Z\",\"candidate\":\"\u200b\u3164\"}"), recorded); r == nil || r.Reason != election.ReasonMissingCandidate {
		t.Errorf("a name that nobody can see: %v", r)
	}
}

func TestOneRegionHoweverTyped(t *testing.T) {
	listed := election.NewParser(&election.Election{ID: "e", Name: "E", Regions: []election.Region{{ID: "NU", Name: "Ñuble"}}})
	open := election.NewParser(election.OpenBallot())
	for _, text := range []string{"N\u0303uble", "\u200eÑuble", "Ñuble\u00a0"} {
		value := []byte(`{"voter_id":"p","state":"` + text + `"}`)
		if v, r := listed.Voter(value, recorded); r != nil || v.Region != "NU" || v.RegionText != text {
			t.Errorf("region %+q is %q, kept as %+q, %v", text, v.Region, v.RegionText, r)
		}
		if v, r := open.Voter(value, recorded); r != nil || v.Region != "Ñuble" || v.RegionText != text {
			t.Errorf("without regions %+q is %q, kept as %+q, %v", text, v.Region, v.RegionText, r)
		}
	}
}

// One voter has one id, as text or number, however it is written.
func TestOneVoterHoweverWritten(t *testing.T) {
	p := election.NewParser(election.OpenBallot())
	id := func(value string) (string, *election.Rejection) {
		v, r := p.Voter([]byte(`{"state":"s","voter_id":`+value+`}`), recorded)
		w, again := p.Vote([]byte(`{"candidate":"c","timestamp":"2026-11-03T09:30:00Z","voter_id":`+value+`}`), recorded)
		if v.ID != w.VoterID || (r == nil) != (again == nil) {
			t.Errorf("voter_id %s is %q of a voter and %q of a vote", value, v.ID, w.VoterID)
		}
		return v.ID, r
	}
	for value, want := range map[string]string{
		`7001`: "7001", `7001.0`: "7001", `7001.000`: "7001", `7.001e3`: "7001", `7.001E+3`: "7001", `700100e-2`: "7001",
		`"7001"`: "7001", `"7001.0"`: "7001", `" 7001\u0000"`: "7001", `"７００１"`: "7001",
		`-7`: "-7", `0`: "0", `-0.0`: "0", `0e99`: "0", `1e3`: "1000",
		`123456789012345678901234567890`: "123456789012345678901234567890",
		`9007199254740993.0`:             "9007199254740993",
		// Texts that aren't what a column of floats makes of a whole number.
		`"007001"`: "007001", `"007001.0"`: "007001.0", `"7001.00"`: "7001.00", `"7.001e3"`: "7.001e3", `"-7.0"`: "-7.0", `"A-7.0"`: "A-7.0",
		`"A7"`: "A7", `"a7"`: "a7", `" a  7 "`: "a 7", `"7²"`: "7²",
	} {
		if got, r := id(value); r != nil || got != want {
			t.Errorf("voter_id %s is %q, %v; want %q", value, got, r, want)
		}
	}
	for value, reason := range map[string]string{
		`7001.5`: election.ReasonInvalidID, `7e-1`: election.ReasonInvalidID, `1e-99999999999`: election.ReasonInvalidID,
		`1e1025`: election.ReasonTextTooLong, `1e99999999999`: election.ReasonTextTooLong, strings.Repeat("9", 1025): election.ReasonTextTooLong,
		`"\u200b"`: election.ReasonMissingVoterID,
	} {
		if got, r := id(value); r == nil || r.Reason != reason {
			t.Errorf("voter_id %.40s is %q, %v; want it rejected as %s", value, got, r, reason)
		} else if strings.Contains(r.Detail, "7001") {
			t.Errorf("the detail tells who the voter is: %s", r.Detail)
		}
	}
}

func TestNumbersAsNames(t *testing.T) {
	p := election.NewParser(&election.Election{ID: "e", Name: "E", Candidates: []election.Candidate{{ID: "3", Name: "Three"}, {ID: "4", Name: "Four"}}})
	for value, want := range map[string]string{`3`: "3", `3.0`: "3", `"3"`: "3", `"3.0"`: "3", `4e0`: "4"} {
		v, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","polling_station":12.0,"vote_id":1.5,"candidate":`+value+`}`), recorded)
		if r != nil || v.Candidate != want || v.PollingStation != "12" || v.ID != "1.5" {
			t.Errorf("candidate %s is %+v, %v; want %s", value, v, r, want)
		}
	}
	if _, r := p.Vote([]byte(`{"voter_id":"p","timestamp":"2026-11-03T09:30:00Z","candidate":3.5}`), recorded); r == nil || r.Reason != election.ReasonInvalidID {
		t.Errorf("candidate 3.5: %v", r)
	}
}
