package dashboard

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

var templates = template.Must(template.New("").Funcs(formats).ParseFS(web, "web/html/*.html"))

// page is the data of web/html/page.html: the results, and what follows from
// them. web/src works the same out of a change, for the same places.
type page struct {
	*Results
	Assets  map[string]string
	Bundled bool
	PollMS  int64
	Kicker  string
	Name    string // of the page, for the window
	About   string // a sentence
	Address string // of what the page shows, relative
	Chosen  chosen

	Race      []segment
	Cards     []card
	ByID      []Candidate // in the order of columns
	Map       tileMap
	Leads     []tallyRow
	Closest   []tile
	ByTurnout []tile
	Hours     []timeRow
	Grown     []timeRow // hours, with shares of all votes until their ends
	Newest    []timeRow // minutes, the newest first
	Recent    string
	Starts    []time.Time
	Ends      []time.Time
	Overall   *float64
	Ages      []Group
	Genders   []Group
	Cells     []Group
	Topics    []namedTopic
	Tables    []namedTable
	Late      []lateRow

	names map[string]card
}

// What a template makes a new line of.
func (page) BlankCard() card           { return card{} }
func (page) BlankTally() tallyRow      { return tallyRow{} }
func (page) BlankGroup() Group         { return Group{Suppressed: true} }
func (page) BlankPartition() Partition { return Partition{} }
func (page) BlankLate() lateRow        { return lateRow{} }

// card is a candidate with the shape that goes with the colour.
type card struct {
	Candidate
	Mark int
}

// marks is the number of shapes that page.html draws.
const marks = 8

// segment is a part of a stacked bar that is a thousand units long.
type segment struct {
	ID     string
	Colour string
	X, W   string
}

type namedTopic struct {
	Name string
	Topic
}

type namedTable struct {
	Name  string
	Votes int64
}

// renderPage renders the HTML page.
func renderPage(r *Results, assets map[string]string, poll time.Duration) (*document, error) {
	_, modules := assets["main.js"]
	p := page{Results: r, Assets: assets, Bundled: !modules, PollMS: poll.Milliseconds(), names: map[string]card{}}
	p.Chosen = chosenBy(r.Filter)
	p.Kicker = p.kicker()
	p.introduce()
	p.people()
	p.places()
	p.times()
	p.groups()
	p.account()
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "page.html", p); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return newDocument("text/html; charset=utf-8", b.Bytes())
}

// people lists the candidates, by votes and by id.
func (p *page) people() {
	p.ByID = slices.SortedFunc(slices.Values(p.Candidates), func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	var all int64
	for i, c := range p.ByID {
		p.names[c.ID] = card{c, i % marks}
		all += c.Votes
	}
	var x int64
	for _, c := range p.Candidates {
		p.Cards = append(p.Cards, p.names[c.ID])
		p.Race = append(p.Race, segment{ID: c.ID, Colour: c.Colour, X: units(x, all), W: units(c.Votes, all)})
		x += c.Votes
	}
}

// of finds a candidate by id.
func (p *page) of(id string) card {
	if c, ok := p.names[id]; ok {
		return c
	}
	return card{Candidate{ID: id, Name: id, Colour: otherColour}, marks - 1}
}

// groups parts the groups of voters by what they are of. A filter may leave
// only the cells of a region.
func (p *page) groups() {
	for _, g := range p.Demographics {
		switch {
		case g.State == "" && g.Gender == "":
			p.Ages = append(p.Ages, g)
		case g.State == "" && g.AgeGroup == "":
			p.Genders = append(p.Genders, g)
		case p.Chosen.Region != "":
			p.Cells = append(p.Cells, g)
		}
	}
	var voted, registered int64
	for _, g := range p.Regions {
		if p.Chosen.Region == "" || p.Chosen.Region == g.State {
			voted += g.Voted
			registered += g.Registered
		}
	}
	p.Overall = ratio(voted, registered)
}

// topicsOf lists the topics, that of the votes first.
func topicsOf(b Books) []namedTopic {
	list := []namedTopic{{b.Topic, b.Topics[b.Topic]}}
	for _, name := range slices.Sorted(maps.Keys(b.Topics)) {
		if name != b.Topic {
			list = append(list, namedTopic{name, b.Topics[name]})
		}
	}
	return list
}

// account lists topics, tables and amendments.
func (p *page) account() {
	b := p.Books
	p.Topics = topicsOf(b)
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
func (p *page) introduce() {
	p.Name, p.About, p.Address = words.say("page.title", "election", p.Election.Name), p.Totals.Headline, p.Chosen.link(p.Chosen.Region)
	if p.Chosen.Region != "" || p.Filter.timed() {
		p.Name = words.say("page.title.part", "part", p.Kicker, "election", p.Election.Name)
		p.About = words.say("page.about", "part", p.Kicker, "headline", p.Totals.Headline)
	}
}

// Held says how many votes the candidates' figures lack.
func (p page) Held() string {
	return words.say(words.exactly("race.held", p.Exact), "votes", words.count(p.Totals.Held, "votes"))
}

// Say is a text that says something else of exact figures.
func (p page) Say(key string) string { return words.say(words.exactly(key, p.Exact)) }

// kicker says what the page is about: everything, or what the filter leaves.
func (p *page) kicker() string {
	var list []string
	if p.Chosen.Region != "" {
		name := p.Chosen.Region
		for _, g := range p.Regions {
			if g.State == name {
				name = g.Name
			}
		}
		list = append(list, name)
	} else {
		list = append(list, words.say("filter.everywhere"))
	}
	if p.Chosen.From != "" || p.Chosen.To != "" {
		from, to := words.say("filter.start"), words.say("filter.end")
		if f := p.Filter.From; f != nil {
			from = hour(*f)
		}
		if t := p.Filter.To; t != nil {
			to = hour(*t)
		}
		list = append(list, words.say("filter.time", "from", from, "to", to))
	}
	return strings.Join(list, " · ")
}

// chosen is a filter as the form shows it.
type chosen struct {
	Region, Group, From, To string
}

func chosenBy(f Filter) chosen {
	var c chosen
	if f.Region != nil {
		c.Region = *f.Region
	}
	if f.Group != nil {
		c.Group = *f.Group
	}
	if f.From != nil {
		c.From = machine(*f.From)
	}
	if f.To != nil {
		c.To = machine(*f.To)
	}
	return c
}

// Any says whether something is filtered.
func (c chosen) Any() bool { return c != chosen{} }

// link is the page's address with another region in the filter.
func (c chosen) link(region string) string {
	q := url.Values{}
	for name, value := range map[string]string{"region": region, "group": c.Group, "from": c.From, "to": c.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "./"
	}
	return "?" + q.Encode()
}

// sourceOf tells where a section's figures come from.
func sourceOf(p page, section string) Source {
	s, ok := p.Sources[section]
	if !ok {
		s = Source{JSON: "api/v1/" + section + ".json", CSV: "api/v1/" + section + ".csv"}
	}
	return s
}
