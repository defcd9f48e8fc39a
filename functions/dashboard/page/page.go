// Package page renders the document of the results as HTML. A document goes in, a page
// comes out, which is complete without scripts. The templates are those of web/html.
package page

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// templates are those of each language, which are parsed when they are first asked for: nobody
// who starts the program waits for languages that nobody reads.
var templates = parsing()

func parsing() map[*text.Language]func() *template.Template {
	all := map[*text.Language]func() *template.Template{}
	for _, l := range text.Languages {
		for _, l := range []*text.Language{l, l.OfAnswers()} {
			all[l] = sync.OnceValue(func() *template.Template {
				return template.Must(template.New("").Funcs(formats(l)).ParseFS(web.Files, "html/*.html"))
			})
		}
	}
	return all
}

// content is the data of web/html/page.html: the results, and what follows from them.
type content struct {
	*results.Document
	Assets  map[string]string
	PollMS  int64
	Kicker  string
	Name    string // of the page, for the window
	About   string // a sentence
	Address string // of what the page shows, relative
	Chosen  chosen

	Race        []segment
	Cards       []card              // by votes; the first of them where there are many
	Others      []card              // that are folded away
	ByID        []results.Candidate // in the order of columns
	House       *house
	Conditions  []conditionRow
	Compared    *comparison
	Choices     []choice
	Trail       []step
	Areas       []tile
	Map         tileMap
	Leads       []tallyRow
	Closest     []tile
	ByTurnout   []tile
	TurnoutNote string
	Hours       []timeRow
	Grown       []timeRow // hours, with shares of all votes until their ends
	Newest      []timeRow // minutes, the newest first
	Recent      string
	Starts      []time.Time
	Ends        []time.Time
	Overall     *float64
	Ages        []disclosure.Group
	Genders     []disclosure.Group
	Cells       []disclosure.Group
	Topics      []results.NamedTopic
	Tables      []namedTable
	Late        []lateRow

	Section             string // that is shown alone, or none
	Graphic, Background string // for television, or none
	Public              string // address of what the page shows, or none
	Lang                string // that the address asks for, or none
	Texts               string // the asset that the script reads

	maps  Maps
	base  string // address of the page without a filter, or none
	look  Look
	lang  *text.Language
	names map[string]card
}

// card is a candidate with the shape that goes with the colour.
type card struct {
	results.Candidate
	Mark   int
	Change *change // since the election before
}

// Marks are the shapes of candidates, as paths of 20 by 20 units. Each colour of the palette comes
// with another shape the next time.
var Marks = []string{
	"M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18z",
	"M2 2h16v16H2z",
	"M10 0.5 19.6 18H0.4z",
	"M10 0 20 10 10 20 0 10z",
	"M7 1h6v6h6v6h-6v6H7v-6H1V7h6z",
	"M10 19.5 0.4 2h19.2z",
	"M10 0l2.9 6.6 7.1.8-5.3 4.8 1.5 7.1L10 15.7l-6.2 3.6 1.5-7.1L0 7.4l7.1-.8z",
	"M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18zm0 5a4 4 0 1 1 0 8a4 4 0 1 1 0-8z",
}

// Figures are what a page shows, for who shows it otherwise.
type Figures = content

// Card is a candidate as a page shows them.
type Card = card

// Tile is a region on the map.
type Tile = tile

// Words are those of the page.
func (p content) Words() *text.Language { return p.lang }

// mostCards is how many candidates are shown at once; where there are more, mostFirst are,
// and the others are folded away.
const (
	mostCards = 10
	mostFirst = 8
)

// segment is a part of a stacked bar that is a thousand units long.
type segment struct {
	ID     string
	Colour string
	X, W   string
}

type namedTable struct {
	Name  string
	Votes int64
}

// Renderer renders pages.
type Renderer struct {
	Assets *web.Assets
	Poll   time.Duration // how often a page without a stream asks for news
	Public string        // address of the page, or none
	Maps   Maps
}

// Render renders the page of some results.
func (pr Renderer) Render(r *results.Document, look Look) (*httpdoc.Document, error) {
	p := pr.Figures(r, look)
	var b bytes.Buffer
	if err := templates[p.lang]().ExecuteTemplate(&b, "page.html", p); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return httpdoc.New("text/html; charset=utf-8", b.Bytes()).Varying("Accept-Language"), nil
}

// Figures returns what the page of some results shows.
func (pr Renderer) Figures(r *results.Document, look Look) Figures {
	p := content{Document: r, Assets: pr.Assets.Names, Section: look.Section, Graphic: look.Graphic, Background: look.Background, PollMS: pr.Poll.Milliseconds(), maps: pr.Maps, names: map[string]card{}, look: look, lang: look.Language}
	if r.Referendum != nil {
		p.lang = p.lang.OfAnswers()
	}
	p.Chosen, p.Lang, p.Texts = chosenBy(r.Filter, look), look.query().Get("lang"), "text."+look.Language.Code+".json"
	p.Kicker = p.kicker()
	p.introduce()
	if pr.Public != "" {
		p.base, p.Public = pr.Public, pr.Public+strings.TrimPrefix(p.Address, "./")
	}
	p.candidates()
	p.compare()
	p.areas()
	p.regions()
	p.house()
	p.referendum()
	p.times()
	p.groups()
	p.books()
	return p
}

// candidates lists the candidates, by votes and by id.
func (p *content) candidates() {
	p.ByID = slices.SortedFunc(slices.Values(p.Candidates), func(a, b results.Candidate) int { return cmp.Compare(a.ID, b.ID) })
	var all int64
	for i, c := range p.ByID {
		p.names[c.ID] = card{c, (i + i/len(results.Palette)) % len(Marks), p.changeOf(c)}
		all += c.Votes
	}
	var x int64
	for _, c := range p.Candidates {
		p.Cards = append(p.Cards, p.names[c.ID])
		p.Race = append(p.Race, segment{ID: c.ID, Colour: c.Colour, X: units(x, all), W: units(c.Votes, all)})
		x += c.Votes
	}
	if len(p.Cards) > mostCards {
		p.Cards, p.Others = p.Cards[:mostFirst], p.Cards[mostFirst:]
	}
}

// OthersSum says what the candidates that are folded away have together.
func (p content) OthersSum() string {
	key, share := "race.others", 0.0
	for _, c := range p.Others {
		share += c.Share
	}
	if p.Totals.Shown == 0 {
		key = "race.others.waiting"
	}
	return p.lang.Count(int64(len(p.Others)), key, "share", p.lang.Percent(share))
}

// of finds a candidate by id.
func (p *content) of(id string) card {
	if c, ok := p.names[id]; ok {
		return c
	}
	return card{Candidate: results.Candidate{ID: id, Name: id, Colour: results.OtherColour}, Mark: len(Marks) - 1}
}

// groups divides the groups of voters into age groups, genders, and the groups of a
// region that the filter chooses.
func (p *content) groups() {
	for _, g := range p.Demographics {
		switch {
		case g.State == "" && g.Gender == "":
			p.Ages = append(p.Ages, g)
		case g.State == "" && g.AgeGroup == "":
			p.Genders = append(p.Genders, g)
		case p.Chosen.Region != "" && p.Filter.Area == nil:
			p.Cells = append(p.Cells, g)
		}
	}
	var voted, registered int64
	for _, g := range p.Regions {
		if p.Filter.InRegion(g.State) {
			voted += g.Voted
			registered += g.Registered
		}
	}
	p.Overall = disclosure.Ratio(voted, registered)
}

// books lists topics, tables and amendments.
func (p *content) books() {
	b := p.Books
	p.Topics = b.InOrder()
	p.Tables = []namedTable{
		{"candidate_totals", b.Tables.Candidates},
		{"regional_turnout", b.Tables.Regions},
		{"hourly_trends", b.Tables.Hours},
		{"demographic_analysis", b.Tables.Demographics},
	}
	for _, a := range p.Amendments {
		p.Late = append(p.Late, p.late(a))
	}
}

// introduce says what the page is to those who share or search it.
func (p *content) introduce() {
	p.Name, p.About, p.Address = p.lang.Say("page.title", "election", p.Election.Name), p.Headline(), p.Chosen.link(p.Chosen.Region)
	if p.Chosen.Region != "" || p.Filter.Timed() {
		p.Name = p.lang.Say("page.title.part", "part", p.Kicker, "election", p.Election.Name)
		p.About = p.lang.Say("page.about", "part", p.Kicker, "headline", p.Headline())
	}
}

// Headline is the state of the count as one sentence.
func (p content) Headline() string { return results.Headline(p.lang, p.Document) }

// Standing says how the count stands.
func (p content) Standing() string { return results.Sentence(p.lang, p.State.State) }

// Held says how many votes the candidates' figures lack.
func (p content) Held() string {
	return p.lang.Say(p.lang.Exactly("race.held", p.Exact), "votes", p.lang.Count(p.Totals.Held, "votes"))
}

// Say is a text that says something else of exact figures.
func (p content) Say(key string) string { return p.lang.Say(p.lang.Exactly(key, p.Exact)) }

// kicker says what the page is about: everything, or what the filter leaves.
func (p *content) kicker() string {
	var list []string
	if p.Chosen.Region != "" {
		list = append(list, p.place())
	} else {
		list = append(list, p.lang.Say("filter.everywhere"))
	}
	if p.Chosen.From != "" || p.Chosen.To != "" {
		from, to := p.lang.Say("filter.start"), p.lang.Say("filter.end")
		if f := p.Filter.From; f != nil {
			from = p.lang.Hour(*f)
		}
		if t := p.Filter.To; t != nil {
			to = p.lang.Hour(*t)
		}
		list = append(list, p.lang.Say("filter.time", "from", from, "to", to))
	}
	return strings.Join(list, " · ")
}

// sourceOf tells where a section's figures come from.
func sourceOf(p content, section string) results.Source {
	s, ok := p.Sources[section]
	if !ok {
		s = results.Source{JSON: "api/v1/" + section + ".json", CSV: "api/v1/" + section + ".csv"}
	}
	return s
}
