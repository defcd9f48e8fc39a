package dashboard

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
	err := fs.WalkDir(web, "web", func(p string, d fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(p, ".html") || strings.HasPrefix(p, "web/src/")) && !d.IsDir() {
			read(fs.ReadFile(web, p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	programs, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if !strings.HasSuffix(p, "_test.go") {
			read(os.ReadFile(filepath.Clean(p)))
		}
	}
	all := source.String()
	used := map[string]bool{}
	for _, m := range regexp.MustCompile("(?:say|count)[ (]+\"?([a-z]+(?:\\.[a-z]+)+)\"").FindAllStringSubmatch(all, -1) {
		used[m[1]] = true
	}
	for key := range used {
		if _, ok := words.words[key]; !ok {
			t.Errorf("there is no text %q", key)
		}
	}
	// Keys that are put together where they are used.
	composed := []string{"headline.", "status.", "standing.", "gender.", "age.", "date.months", "language", "direction"}
	for key := range words.words {
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

func TestSay(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{words.say("race.votes"), "Votes counted"},
		{words.say("status.behind", "status", "Counting", "span", "3 s"), "Counting · 3 s behind"},
		{words.say("no.such.text"), "no.such.text"},
		{words.say("where.tile", "region", "{leader}", "leader", "{lead}{turnout}", "lead", "$1", "turnout", "{region}"),
			"{leader}: {lead}{turnout} leads by $1, turnout {region}"},
		{words.count(0, "votes"), "0 votes"},
		{words.count(1, "votes"), "1 vote"},
		{words.count(1_000_000_000_001, "votes"), "1,000,000,000,001 votes"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestLoadTextsRefusesABrokenFile(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":   `{`,
		"no months": `{"language":"xx"}`,
	} {
		files := fstest.MapFS{"web/text/xx.json": {Data: []byte(text)}}
		if _, err := loadTexts(files, "xx"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
