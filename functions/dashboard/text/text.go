// Package text is every word that the dashboard says, and its way of writing numbers
// and dates. A key, a number or a time goes in, a string comes out. The words are
// those of web/text.
package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// words are the texts of the page. The scripts read the same file.
var words = mustTexts(web.Files, web.Language)

// texts are all words that a page may say, by key, in one language. A text
// names its values in braces. One that depends on a number has a form for each
// of the language's plural categories: key.one, key.other, and so on.
type texts struct {
	tag    xlanguage.Tag
	number *message.Printer // safe for concurrent use
	words  map[string]string
	months []string
	short  []string
}

func mustTexts(web fs.FS, language string) *texts {
	t, err := loadTexts(web, language)
	if err != nil {
		panic(err) // a broken build
	}
	return t
}

func loadTexts(web fs.FS, language string) (*texts, error) {
	body, err := fs.ReadFile(web, "text/"+language+".json")
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	t := &texts{}
	if err := json.Unmarshal(body, &t.words); err != nil {
		return nil, fmt.Errorf("texts in %q: %w", language, err)
	}
	if t.tag, err = xlanguage.Parse(language); err != nil {
		return nil, fmt.Errorf("texts in %q: %w", language, err)
	}
	t.number = message.NewPrinter(t.tag)
	t.months = strings.Split(t.words["date.months"], "|")
	t.short = strings.Split(t.words["date.months.short"], "|")
	if len(t.months) != 12 || len(t.short) != 12 {
		return nil, fmt.Errorf("texts in %q: date.months and date.months.short must name 12 months, divided by |", language)
	}
	return t, nil
}

// Say returns a text, with the values of the pairs (name, value) put in: once, so
// that a value which has braces in it stays what it is. A key
// without a text is returned itself; a test keeps that from happening.
func Say(key string, pairs ...any) string {
	text, ok := words.words[key]
	if !ok {
		return key
	}
	values := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(values...).Replace(text)
}

// Has says whether there is a text.
func Has(key string) bool {
	_, ok := words.words[key]
	return ok
}

// Exactly is the key of a text that says something of exact figures, where there is
// one.
func Exactly(key string, exact bool) string {
	if exact && Has(key+".exact") {
		return key + ".exact"
	}
	return key
}

// Count writes a number of things by the form that the language has for it, with the values
// of the pairs put in too.
func Count(n int64, key string, pairs ...any) string {
	form := categories[plural.Cardinal.MatchPlural(words.tag, int(n), 0, 0, 0, 0)]
	if !Has(key + "." + form) {
		form = "other"
	}
	return Say(key+"."+form, append(pairs, "n", Integer(n))...)
}

// categories are the names of plural forms, as Unicode gives them.
var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}
