package page

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/shared/election"
)

// Look is how a page shows the results.
type Look struct {
	Language *text.Language
	// Named says that the address asks for the language, not the browser.
	Named bool
	// Section is the one that the page shows, in a frame of another page; empty: all.
	Section string
	// Graphic is the one for television that the page is, before a Background; empty: none.
	Graphic, Background string
	// Map is the one that the address asks for; empty for the one that is shown first.
	Map election.MapKind
}

// Graphics are those for television, and Backgrounds what may be behind them: nothing, which is the
// default, or a colour to be keyed out.
var (
	Graphics    = []string{"lower-third", "full"}
	Backgrounds = []string{"transparent", "green", "blue", "magenta"}
)

// Sections are those of an election that another page may show alone.
func Sections(e *election.Election) []string {
	all := []string{"race", "seats", "where", "when", "who", "books"}
	if e.Seats == nil {
		return slices.DeleteFunc(all, func(name string) bool { return name == "seats" })
	}
	return all
}

// Key tells a look from others.
func (l Look) Key() string { return fmt.Sprint(l.Language.Code, " ", l.Named, " ", l.query().Encode()) }

// query is what an address says of a look.
func (l Look) query() url.Values {
	q := url.Values{}
	if l.Named {
		q.Set("lang", l.Language.Code)
	}
	for name, value := range map[string]string{"embed": l.Section, "tv": l.Graphic, "background": l.Background, "map": string(l.Map)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}
