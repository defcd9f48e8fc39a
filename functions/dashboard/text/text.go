// Package text is every word that the dashboard says, and its way of writing numbers
// and dates. A language and a key, a number or a time go in, a string comes out. The words
// are those of web/text.
package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"unicode"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// Languages are those that the page speaks. The first is that of the API, and of readers
// who ask for none that there is.
var Languages = mustLoad(web.Files, web.Languages)

// English is the language of the API.
var English = Languages[0]

// Language is all words that a page may say, by key, in one language, and its way of
// writing. A text names its values in braces. One that depends on a number has a form for
// each of the language's plural categories: key.one, key.other, and so on.
type Language struct {
	Code   string // of the file, of the address (?lang=) and of HTML: BCP 47
	tag    xlanguage.Tag
	number *message.Printer // safe for concurrent use
	words  map[string]string
	months []string
	short  []string
	rtl    bool

	answers *Language // the same, see OfAnswers
}

func mustLoad(web fs.FS, codes []string) []*Language {
	all := make([]*Language, len(codes))
	for i, code := range codes {
		var err error
		if all[i], err = load(web, code); err != nil {
			panic(err) // a broken build
		}
	}
	return all
}

func load(web fs.FS, code string) (*Language, error) {
	body, err := fs.ReadFile(web, "text/"+code+".json")
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	l := &Language{Code: code}
	if err := json.Unmarshal(body, &l.words); err != nil {
		return nil, fmt.Errorf("texts in %q: %w", code, err)
	}
	if l.tag, err = xlanguage.Parse(l.words["locale"]); err != nil {
		return nil, fmt.Errorf("texts in %q: locale: %w", code, err)
	}
	if l.words["language"] != code {
		return nil, fmt.Errorf("texts in %q call their language %q", code, l.words["language"])
	}
	l.rtl = l.words["direction"] == "rtl"
	l.number = message.NewPrinter(l.tag)
	l.months = strings.Split(l.words["date.months"], "|")
	l.short = strings.Split(l.words["date.months.short"], "|")
	if len(l.months) != 12 || len(l.short) != 12 {
		return nil, fmt.Errorf("texts in %q: date.months and date.months.short must name 12 months, divided by |", code)
	}
	l.answers = l.withAnswers()
	return l, nil
}

// answersMark is the part of a key whose text is for referendums: where.close.answers is said
// for where.close.
const answersMark = ".answers"

// OfAnswers returns the language as it speaks of the answers to a question, where others speak
// of candidates.
func (l *Language) OfAnswers() *Language { return l.answers }

// withAnswers makes what OfAnswers returns. web/src/text.js does the same.
func (l *Language) withAnswers() *Language {
	other := *l
	other.words = maps.Clone(l.words)
	for key, text := range l.words {
		if strings.Contains(key, answersMark) {
			other.words[strings.Replace(key, answersMark, "", 1)] = text
		}
	}
	other.answers = &other
	return &other
}

// matcher finds the language that comes nearest to what a reader asks for.
var matcher = xlanguage.NewMatcher(tags())

func tags() []xlanguage.Tag {
	list := make([]xlanguage.Tag, len(Languages))
	for i, l := range Languages {
		list[i] = xlanguage.Make(l.Code)
	}
	return list
}

// Accepted is the language that comes nearest to an Accept-Language header.
func Accepted(header string) *Language {
	wanted, _, err := xlanguage.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return English
	}
	_, i, confidence := matcher.Match(wanted...)
	if confidence == xlanguage.No {
		return English
	}
	return Languages[i]
}

// Named is the language that an address asks for: de also for de-AT. The error is for who
// wrote the address.
func Named(name string) (*Language, error) {
	if tag, err := xlanguage.Parse(name); err == nil {
		if _, i, confidence := matcher.Match(tag); confidence >= xlanguage.High {
			return Languages[i], nil
		}
	}
	codes := make([]string, len(Languages))
	for i, l := range Languages {
		codes[i] = l.Code
	}
	return nil, fmt.Errorf("there is no language %.40q: use %s", name, strings.Join(codes, ", "))
}

// Say returns a text, with the values of the pairs (name, value) put in: once, so
// that a value which has braces in it stays what it is. A key
// without a text is returned itself; a test keeps that from happening.
func (l *Language) Say(key string, pairs ...any) string {
	text, ok := l.words[key]
	if !ok {
		return key
	}
	values := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, fmt.Sprintf("{%v}", pairs[i]), l.isolated(fmt.Sprint(pairs[i+1])))
	}
	return strings.NewReplacer(values...).Replace(text)
}

// isolated keeps a name that is written from left to right from changing the order of the
// words around it, in a language that isn't: by Unicode's first strong isolate. A value of the language's own
// letters stays: of a date whose month is isolated, the zone would be the first word with a direction.
func (l *Language) isolated(value string) string {
	if !l.rtl || !strings.ContainsFunc(value, func(r rune) bool { return unicode.IsLetter(r) && !unicode.In(r, unicode.Arabic, unicode.Hebrew) }) {
		return value
	}
	return "\u2068" + value + "\u2069"
}

// Has says whether there is a text.
func (l *Language) Has(key string) bool {
	_, ok := l.words[key]
	return ok
}

// Exactly is the key of a text that says something of exact figures, where there is
// one.
func (l *Language) Exactly(key string, exact bool) string {
	if exact && l.Has(key+".exact") {
		return key + ".exact"
	}
	return key
}

// Count writes a number of things by the form that the language has for it, with the values
// of the pairs put in too.
func (l *Language) Count(n int64, key string, pairs ...any) string {
	form := categories[plural.Cardinal.MatchPlural(l.tag, int(n), 0, 0, 0, 0)]
	if !l.Has(key + "." + form) {
		form = "other"
	}
	return l.Say(key+"."+form, append(pairs, "n", l.Integer(n))...)
}

// categories are the names of plural forms, as Unicode gives them.
var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}
