package search

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// The analyzers (https://cloud.google.com/bigquery/docs/reference/standard-sql/text-analysis).
const (
	logAnalyzer     = "LOG_ANALYZER"
	noOpAnalyzer    = "NO_OP_ANALYZER"
	patternAnalyzer = "PATTERN_ANALYZER"
)

// defaultDelimiters are those of LOG_ANALYZER.
var defaultDelimiters = append(strings.Split(`[ ] < > ( ) { } | ! ; , ' " * & ? + / : = @ . - $ % \ _ %21 %26 %2526 %3B %3b %7C %7c %20 %2B %2b %3D %3d `+
	`%2520 %5D %5d %5B %5b %3A %3a %0A %0a %2C %2c %28 %29`, " "), "\n", "\r", " ", "\t")

// defaultPattern is that of PATTERN_ANALYZER.
var defaultPattern = regexp.MustCompile(`\b\w{2,}\b`)

// longestDelimiter is how many characters a delimiter may have.
const longestDelimiter = 16

// analyzer splits text into tokens.
type analyzer struct {
	name       string
	delimiters []string // the longest first
	pattern    *regexp.Regexp
	filters    []func(tokens []string) []string
}

// options are analyzer_options.
type options struct {
	Delimiters   []string `json:"delimiters"`
	Patterns     []string `json:"patterns"`
	TokenFilters []filter `json:"token_filters"`
}

type filter struct {
	Normalizer *normalizer `json:"normalizer"`
	StopWords  []string    `json:"stop_words"`
}

type normalizer struct {
	Mode        string `json:"mode"`
	ICUMode     string `json:"icu_normalize_mode"`
	CaseFolding *bool  `json:"icu_case_folding"`
}

// newAnalyzer is the analyzer of a name with options in JSON, "" for none.
func newAnalyzer(key analyzerKey) (*analyzer, error) {
	name, text := key.name, key.options
	var o options
	if text != "" {
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return nil, function.Errorf("Invalid analyzer_options %s: %v", text, err)
		}
	}
	a := &analyzer{name: name}
	switch name {
	case noOpAnalyzer:
		if text != "" {
			return nil, function.Errorf("NO_OP_ANALYZER takes no analyzer_options")
		}
		return a, nil
	case logAnalyzer:
		if o.Patterns != nil {
			return nil, function.Errorf("LOG_ANALYZER takes no patterns in analyzer_options")
		}
		if err := a.delimit(o.Delimiters); err != nil {
			return nil, err
		}
	case patternAnalyzer:
		if o.Delimiters != nil {
			return nil, function.Errorf("PATTERN_ANALYZER takes no delimiters in analyzer_options")
		}
		if err := a.extract(o.Patterns); err != nil {
			return nil, err
		}
	default:
		return nil, function.Errorf("Invalid analyzer '%s': it must be LOG_ANALYZER, NO_OP_ANALYZER or PATTERN_ANALYZER", name)
	}
	return a, a.filter(o.TokenFilters)
}

func (a *analyzer) delimit(list []string) error {
	if list == nil {
		list = slices.Clone(defaultDelimiters)
	}
	for _, d := range list {
		if d == "" || len(d) > longestDelimiter || strings.ContainsFunc(d, func(r rune) bool { return r > unicode.MaxASCII }) {
			return function.Errorf("Invalid delimiter %q in analyzer_options: it must be ASCII and have 1 to %d characters", d, longestDelimiter)
		}
	}
	slices.SortFunc(list, func(x, y string) int { return cmp.Compare(len(y), len(x)) })
	a.delimiters = list
	return nil
}

func (a *analyzer) extract(list []string) (err error) {
	switch len(list) {
	case 0:
		a.pattern = defaultPattern
		return nil
	case 1:
		if a.pattern, err = regexp.Compile(list[0]); err != nil {
			return function.Errorf("Invalid pattern in analyzer_options: %v", err)
		}
		return nil
	}
	return function.Errorf("analyzer_options may have one pattern, and have %d", len(list))
}

// filter sets the token filters; without any, letters of ASCII become small ones.
func (a *analyzer) filter(list []filter) error {
	if list == nil {
		list = []filter{{Normalizer: &normalizer{Mode: "LOWER"}}}
	}
	for _, f := range list {
		switch {
		case (f.Normalizer == nil) == (f.StopWords == nil):
			return function.Errorf("A token filter in analyzer_options must be a normalizer or stop_words")
		case f.StopWords != nil:
			a.filters = append(a.filters, func(tokens []string) []string {
				return slices.DeleteFunc(tokens, func(s string) bool { return slices.Contains(f.StopWords, s) })
			})
			continue
		}
		normal, err := f.Normalizer.function()
		if err != nil {
			return err
		}
		a.filters = append(a.filters, func(tokens []string) []string {
			for i, s := range tokens {
				tokens[i] = normal(s)
			}
			return tokens
		})
	}
	return nil
}

// forms are the modes of ICU_NORMALIZE.
var forms = map[string]norm.Form{"NFC": norm.NFC, "NFKC": norm.NFKC, "NFD": norm.NFD, "NFKD": norm.NFKD, "": norm.NFKC}

func (n *normalizer) function() (func(string) string, error) {
	if n.Mode != "ICU_NORMALIZE" && (n.ICUMode != "" || n.CaseFolding != nil) {
		return nil, function.Errorf("icu_normalize_mode and icu_case_folding in analyzer_options are of the mode ICU_NORMALIZE only")
	}
	switch n.Mode {
	case "NONE":
		return func(s string) string { return s }, nil
	case "LOWER":
		return lowerASCII, nil
	case "UNICODE_LOWER":
		return func(s string) string { return cases.Lower(language.Und).String(s) }, nil
	case "ICU_NORMALIZE":
		form, ok := forms[n.ICUMode]
		if !ok {
			return nil, function.Errorf("Invalid icu_normalize_mode %q in analyzer_options", n.ICUMode)
		}
		if n.CaseFolding != nil && !*n.CaseFolding {
			return form.String, nil
		}
		return func(s string) string { return form.String(cases.Fold().String(form.String(s))) }, nil
	}
	return nil, function.Errorf("Invalid mode %q of a normalizer in analyzer_options", n.Mode)
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// tokens are those of a text, in its order.
func (a *analyzer) tokens(text string) []string {
	tokens := []string{}
	switch a.name {
	case noOpAnalyzer:
		return append(tokens, text)
	case logAnalyzer:
		tokens = a.split(text)
	default:
		for _, s := range a.pattern.FindAllString(text, -1) {
			if s != "" {
				tokens = append(tokens, s)
			}
		}
	}
	for _, f := range a.filters {
		tokens = f(tokens)
	}
	return tokens
}

// split is what lies between delimiters.
func (a *analyzer) split(text string) []string {
	tokens, start := []string{}, 0
	for at := 0; at < len(text); {
		d := a.delimiterAt(text[at:])
		if d == 0 {
			at++
			continue
		}
		if at > start {
			tokens = append(tokens, text[start:at])
		}
		at += d
		start = at
	}
	if start < len(text) {
		tokens = append(tokens, text[start:])
	}
	return tokens
}

// delimiterAt is the length of the delimiter that a text begins with, 0 for none.
func (a *analyzer) delimiterAt(text string) int {
	for _, d := range a.delimiters {
		if strings.HasPrefix(text, d) {
			return len(d)
		}
	}
	return 0
}

// exact reports whether a text has an exact term between delimiters, or at an end.
func (a *analyzer) exact(text, term string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], term)
		if i < 0 {
			return false
		}
		start := from + i
		before, after := text[:start], text[start+len(term):]
		ends := func(d string) bool { return strings.HasSuffix(before, d) }
		if (before == "" || slices.ContainsFunc(a.delimiters, ends)) && (after == "" || a.delimiterAt(after) > 0) {
			return true
		}
		from = start + 1
	}
}
