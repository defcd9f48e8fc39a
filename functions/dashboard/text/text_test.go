package text

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
	for _, m := range regexp.MustCompile("(?i:say|count)[ (]+\"?([a-z]+(?:\\.[a-z]+)+)\"").FindAllStringSubmatch(all, -1) {
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
		{Say("race.votes"), "Votes counted"},
		{Say("status.behind", "status", "Counting", "span", "3 s"), "Counting · 3 s behind"},
		{Say("no.such.text"), "no.such.text"},
		{Say("where.tile", "region", "{leader}", "leader", "{lead}{turnout}", "lead", "$1", "turnout", "{region}"),
			"{leader}: {lead}{turnout} leads by $1, turnout {region}"},
		{Count(0, "votes"), "0 votes"},
		{Count(1, "votes"), "1 vote"},
		{Count(1_000_000_000_001, "votes"), "1,000,000,000,001 votes"},
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
		files := fstest.MapFS{"text/xx.json": {Data: []byte(text)}}
		if _, err := loadTexts(files, "xx"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
