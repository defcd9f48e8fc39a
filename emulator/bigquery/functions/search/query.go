package search

import (
	"database/sql/driver"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// query is a search query and what it analyzes text by.
type query struct {
	analyzer *analyzer
	root     *node
}

// node is a term of a query, or several.
type node struct {
	any   bool // OR, else AND
	list  []*node
	exact string   // of a term in backticks
	words []string // tokens of another term
	next  bool     // the tokens must lie side by side: a phrase
}

// analyzerKey and queryKey are what analyzers and queries are kept by.
type (
	analyzerKey struct{ name, options string }
	queryKey    struct {
		analyzerKey
		text string
	}
)

// kept is how many analyzers and queries are kept ready.
const kept = 128

var (
	analyzers, _ = lru.New[analyzerKey, *analyzer](kept) // fails only for no entries at all
	queries, _   = lru.New[queryKey, *query](kept)
)

func keyOf(name, options driver.Value) analyzerKey {
	key := analyzerKey{name: logAnalyzer}
	if name != nil {
		key.name = name.(string)
	}
	if options != nil {
		key.options = options.(string)
	}
	return key
}

// analyzerOf is an analyzer by the arguments of a call.
func analyzerOf(name, options driver.Value) (*analyzer, error) {
	return function.Kept(analyzers, keyOf(name, options), newAnalyzer)
}

// queryOf is a query by the arguments of a call.
func queryOf(text, name, options driver.Value) (*query, error) {
	if text == nil {
		return nil, function.Errorf("SEARCH: the search query is NULL")
	}
	key := queryKey{keyOf(name, options), text.(string)}
	return function.Kept(queries, key, func(queryKey) (*query, error) {
		a, err := analyzerOf(name, options)
		if err != nil {
			return nil, err
		}
		return newQuery(a, key.text)
	})
}

func newQuery(a *analyzer, text string) (*query, error) {
	if a.name == noOpAnalyzer {
		return &query{a, &node{words: []string{text}}}, nil
	}
	p := &parser{analyzer: a, text: text}
	root, err := p.either()
	if err == nil && p.text != "" {
		err = function.Errorf("SEARCH: the search query %s has a ) without a (", text)
	}
	if err == nil && !p.found {
		err = function.Errorf("SEARCH: the search query '%s' has no tokens", text)
	}
	if err != nil {
		return nil, err
	}
	return &query{a, root}, nil
}

// matches reports whether a text has what the query asks for.
func (q *query) matches(text string) bool {
	return q.root.holds(q.analyzer, text, q.analyzer.tokens(text))
}

func (n *node) holds(a *analyzer, text string, tokens []string) bool {
	holds := func(m *node) bool { return m.holds(a, text, tokens) }
	switch {
	case n.any:
		return slices.ContainsFunc(n.list, holds)
	case n.list != nil:
		return !slices.ContainsFunc(n.list, func(m *node) bool { return !holds(m) })
	case n.exact != "":
		return a.exact(text, n.exact)
	case n.next:
		for i := 0; i+len(n.words) <= len(tokens); i++ {
			if slices.Equal(tokens[i:i+len(n.words)], n.words) {
				return true
			}
		}
		return false
	}
	return !slices.ContainsFunc(n.words, func(w string) bool { return !slices.Contains(tokens, w) })
}

// parser reads a query
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/search_functions#search_query_rules).
type parser struct {
	*analyzer
	text  string // what isn't read yet
	found bool   // there is a token
}

// reserved are the characters that must be escaped outside of phrases and backticks.
const reserved = "[]<>(){}|!'\"*&?+/:=-\\~^`"

const space = " \t\r\n"

func (p *parser) either() (*node, error) {
	n := &node{any: true}
	for {
		m, err := p.all()
		if err != nil {
			return nil, err
		}
		n.list = append(n.list, m)
		if !p.word("OR") {
			return n, nil
		}
	}
}

func (p *parser) all() (*node, error) {
	n := &node{list: []*node{}}
	for {
		m, err := p.one()
		if err != nil {
			return nil, err
		}
		if m != nil {
			n.list = append(n.list, m)
		}
		p.word("AND")
		if p.skip(); m == nil || p.text == "" || p.text[0] == ')' || p.begins("OR") {
			return n, nil
		}
	}
}

// one is a term or what is in parentheses, nil for none.
func (p *parser) one() (*node, error) {
	p.skip()
	if p.text == "" {
		return nil, nil
	}
	switch p.text[0] {
	case '(':
		p.text = p.text[1:]
		n, err := p.either()
		if err == nil && p.text == "" {
			err = function.Errorf("SEARCH: the search query has a ( without a )")
		}
		if err != nil {
			return nil, err
		}
		p.text = p.text[1:]
		return n, p.ended()
	case '`', '"':
		return p.quoted(p.text[0])
	}
	return p.single()
}

// quoted is a phrase or a term in backticks.
func (p *parser) quoted(quote byte) (*node, error) {
	var b strings.Builder
	for i := 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\' && i+1 < len(p.text) && p.text[i+1] == quote:
			b.WriteByte(quote)
			i++
		case c != quote:
			b.WriteByte(c)
		default:
			p.text = p.text[i+1:]
			if quote == '"' {
				return p.term(b.String(), true), p.ended()
			}
			if p.name != logAnalyzer {
				return nil, function.Errorf("SEARCH: backticks in a query of %s are not supported by this emulator", p.name)
			}
			p.found = p.found || b.Len() > 0
			return &node{exact: b.String()}, p.ended()
		}
	}
	return nil, function.Errorf("SEARCH: the search query has a %c without another one", quote)
}

// ended reports what follows a term at once, and may not.
func (p *parser) ended() error {
	if p.text == "" || strings.ContainsRune(space+")", rune(p.text[0])) {
		return nil
	}
	return function.Errorf("SEARCH: the search query needs a space before %s", p.text)
}

func (p *parser) single() (*node, error) {
	for _, word := range []string{"NOT", "IN", "NEAR", "AND", "OR"} {
		if p.begins(word) {
			return nil, function.Errorf("SEARCH: the word %s in the search query must be enclosed in backticks", word)
		}
	}
	var b strings.Builder
	i := 0
	for ; i < len(p.text) && !strings.ContainsRune(space+")", rune(p.text[i])); i++ {
		c := p.text[i]
		if c == '\\' && i+1 < len(p.text) && strings.IndexByte(reserved, p.text[i+1]) >= 0 {
			i++
			c = p.text[i]
		} else if strings.IndexByte(reserved, c) >= 0 {
			return nil, function.Errorf("SEARCH: the character %c in the search query must be escaped by a backslash, or the term enclosed in backticks", c)
		}
		b.WriteByte(c)
	}
	p.text = p.text[i:]
	if b.Len() == 0 {
		return nil, nil
	}
	return p.term(b.String(), false), nil
}

func (p *parser) term(text string, phrase bool) *node {
	n := &node{words: p.tokens(text), next: phrase}
	p.found = p.found || len(n.words) > 0
	return n
}

func (p *parser) skip() { p.text = strings.TrimLeft(p.text, space) }

// begins reports whether a word comes next.
func (p *parser) begins(word string) bool {
	rest, ok := strings.CutPrefix(p.text, word)
	return ok && (rest == "" || strings.ContainsRune(space+"()", rune(rest[0])))
}

// word reads a word, if it comes next.
func (p *parser) word(word string) bool {
	p.skip()
	if !p.begins(word) {
		return false
	}
	p.text = p.text[len(word):]
	return true
}
