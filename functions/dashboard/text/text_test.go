package text

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// TestEveryTextIsThere reads every key that a template, a script or the program
// asks for, and every text that there is.
func TestEveryTextIsThere(t *testing.T) {
	var source strings.Builder
	read := func(body []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		source.Write(body)
	}
	err := fs.WalkDir(web.Files, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(p, ".html") || strings.HasPrefix(p, "src/")) && !d.IsDir() {
			read(fs.ReadFile(web.Files, p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	dashboard := os.DirFS("..")
	err = fs.WalkDir(dashboard, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == "node_modules":
			return fs.SkipDir
		case strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go"):
			read(fs.ReadFile(dashboard, p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := source.String()
	used := map[string]bool{}
	for _, m := range regexp.MustCompile("(?i:say|count|timed)[ (]+\"?([a-z]+(?:\\.[a-z]+)+)\"").FindAllStringSubmatch(all, -1) {
		used[m[1]] = true
	}
	for key := range used {
		if _, ok := English.words[key]; !ok {
			t.Errorf("there is no text %q", key)
		}
	}
	// Keys that are put together where they are used.
	composed := []string{"headline.", "status.", "standing.", "gender.", "age.", "reason.", "date.months", "language", "direction", "locale", "name", "picture.of."}
	for key := range English.words {
		key := strings.Replace(key, answersMark, "", 1)
		whole := strings.Contains(all, `"`+key+`"`)
		form := slices.ContainsFunc([]string{".one", ".other", ".exact"}, func(form string) bool {
			base, ok := strings.CutSuffix(key, form)
			return ok && strings.Contains(all, `"`+base+`"`)
		})
		made := slices.ContainsFunc(composed, func(part string) bool { return strings.HasPrefix(key, part) })
		if !whole && !form && !made {
			t.Errorf("nothing says the text %q", key)
		}
	}
}

// Every reason for a reject has its words, and no other.
func TestEveryReasonHasWords(t *testing.T) {
	code, err := os.ReadFile("../../../shared/election/rejection/rejection.go")
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{"reason.dropped_by_operator": true} // by the command deadletter
	for _, m := range regexp.MustCompile("(?m)^\t[A-Z][A-Za-z]+ +(?:Reason )?= \"([a-z_]+)\"").FindAllStringSubmatch(string(code), -1) {
		wanted["reason."+m[1]] = true
	}
	if len(wanted) < 20 {
		t.Fatalf("only %d reasons were found", len(wanted))
	}
	for key := range wanted {
		if !English.Has(key) {
			t.Errorf("there is no text %q", key)
		}
	}
	for key := range English.words {
		if strings.HasPrefix(key, "reason.") && !wanted[key] {
			t.Errorf("%q is no reason", key)
		}
	}
}

func TestSay(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{English.Say("race.votes"), "Votes counted"},
		{English.Say("status.behind", "status", "Counting", "span", "3 s"), "Counting · 3 s behind"},
		{English.Say("no.such.text"), "no.such.text"},
		{English.Say("where.tile", "region", "{leader}", "leader", "{lead}{turnout}", "lead", "$1", "turnout", "{region}"),
			"{leader}: {lead}{turnout} leads by $1, turnout {region}"},
		{English.Count(0, "votes"), "0 votes"},
		{English.Count(1, "votes"), "1 vote"},
		{English.Count(1_000_000_000_001, "votes"), "1,000,000,000,001 votes"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

// Where a question is put, no text speaks of candidates but those on records and seats.
func TestAnswersAreNoCandidates(t *testing.T) {
	candidate := map[string]string{"en": "andidate", "de": "andidat", "es": "andidat", "ar": "مرشح"}
	for _, l := range Languages {
		speaking := 0
		for key, text := range l.words {
			if strings.HasPrefix(key, "reason.") || strings.HasPrefix(key, "seats.") || strings.Contains(key, answersMark) || !strings.Contains(text, candidate[l.Code]) {
				continue
			}
			speaking++
			if of := l.OfAnswers().Say(key); strings.Contains(of, candidate[l.Code]) {
				t.Errorf("%s: of answers it says %q for %q", l.Code, of, key)
			}
		}
		if speaking == 0 {
			t.Errorf("%s: no text speaks of candidates", l.Code)
		}
		if l.OfAnswers().OfAnswers() != l.OfAnswers() {
			t.Errorf("%s: speaking of answers twice is another language", l.Code)
		}
	}
}

func TestLoadRefusesABrokenFile(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":   `{`,
		"no months": `{"language":"xx","locale":"en"}`,
		"no locale": `{"language":"xx"}`,
		"another":   `{"language":"yy","locale":"en"}`,
	} {
		files := fstest.MapFS{"text/xx.json": {Data: []byte(text)}}
		if _, err := load(files, "xx"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// forms are the plural forms that a whole number has in each language, as CLDR gives them
// (the Spanish form of millions says the same).
var forms = map[string][]string{
	"en": {"one", "other"}, "de": {"one", "other"}, "es": {"one", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
}

// TestEveryLanguageSaysEverything compares what the languages say with what English says.
func TestEveryLanguageSaysEverything(t *testing.T) {
	value := regexp.MustCompile(`\{\w+\}`)
	for _, l := range Languages[1:] {
		expected := map[string]string{} // key → the English text
		for key, text := range English.words {
			if base, plural := strings.CutSuffix(key, ".other"); plural && base != "points" {
				for _, form := range forms[l.Code] {
					expected[base+"."+form] = text
				}
			} else if base, one := strings.CutSuffix(key, ".one"); !one || base == "points" {
				expected[key] = text
			}
		}
		for key, english := range expected {
			text, ok := l.words[key]
			if !ok {
				t.Errorf("%s says nothing for %q: %s", l.Code, key, english)
			}
			for _, v := range value.FindAllString(text, -1) {
				if !strings.Contains(english, v) {
					t.Errorf("%s says %s in %q, a value that English hasn't", l.Code, v, key)
				}
			}
			for _, v := range value.FindAllString(english, -1) {
				if !strings.Contains(text, v) && !strings.HasSuffix(key, ".one") && !strings.HasSuffix(key, ".two") && !strings.HasSuffix(key, ".zero") {
					t.Errorf("%s leaves %s out of %q", l.Code, v, key)
				}
			}
		}
		for key := range l.words {
			if _, ok := expected[key]; !ok {
				t.Errorf("%s says %q, which nobody asks for", l.Code, key)
			}
		}
	}
}

func TestLanguagesWriteInTheirWay(t *testing.T) {
	for code, want := range map[string][]string{
		"en": {"1,234 votes", "12.3%", "1 vote", "2 votes"},
		"de": {"1.234 Stimmen", "12,3\u00a0%", "1 Stimme", "2 Stimmen"},
		"es": {"1.234 votos", "12,3\u00a0%", "1 voto", "2 votos"},
		"ar": {"1,234 صوتًا", "12.3%", "صوت واحد", "صوتان"},
	} {
		l, err := Named(code)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{l.Count(1234, "votes"), l.Percent(0.1234), l.Count(1, "votes"), l.Count(2, "votes")}
		if !slices.Equal(got, want) {
			t.Errorf("%s writes %q, want %q", code, got, want)
		}
	}
	arabic := Languages[3]
	if got, want := arabic.Say("filter.waiting", "kicker", "Texas"), "بانتظار الأرقام: \u2068Texas\u2069"; got != want {
		t.Errorf("%q, want %q: a Latin name that doesn't turn the sentence round", got, want)
	}
	at := time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC)
	if got, want := arabic.Say("status.stale", "time", arabic.Moment(&at)), "لم تُحدَّث منذ \u20683 نوفمبر 2026، 20:00 \u2068UTC\u2069\u2069"; got != want {
		t.Errorf("%q, want %q: the month is the date's first word with a direction", got, want)
	}
}

func TestLanguageOfAReader(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "*": "en", "fr": "en", "de-AT,de;q=0.9,en;q=0.5": "de", "fr, es-419;q=0.8, en;q=0.1": "es", "ar-EG": "ar", "garbage;;;": "en", "en-GB, de": "en",
	} {
		if got := Accepted(header).Code; got != want {
			t.Errorf("who accepts %q gets %s, want %s", header, got, want)
		}
	}
	for name, want := range map[string]string{"de": "de", "de-CH": "de", "AR": "ar"} {
		if got, err := Named(name); err != nil || got.Code != want {
			t.Errorf("?lang=%s gives %v, %v, want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"fr", "x", "no such language"} {
		if _, err := Named(name); err == nil || !strings.Contains(err.Error(), "use en, de, es, ar") {
			t.Errorf("?lang=%s: %v, want an error that names the languages", name, err)
		}
	}
}
