package dashboard

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"time"
)

var templates = template.Must(template.New("").Funcs(formats).ParseFS(web, "web/*.html"))

// page is the data of web/page.html.
type page struct {
	*Results
	Assets map[string]string
	PollMS int64

	Race    []segment
	Hours   []hourBar
	Ages    []Group
	Genders []Group
	Topics  []namedTopic
	Tables  []namedTable
	names   map[string]Candidate
}

// segment is a part of a stacked bar that is a thousand units long.
type segment struct {
	ID     string
	Colour string
	X, W   string
}

// hourBar is an hour with its bar, on the scale of the fullest hour.
type hourBar struct {
	Hour
	Bar []segment
}

// groupTable is the data of the template "groups".
type groupTable struct {
	Caption string
	Head    string
	List    string
	Groups  []Group
}

func newGroupTable(caption, head, list string, groups []Group) groupTable {
	return groupTable{caption, head, list, groups}
}

type namedTopic struct {
	Name string
	Topic
}

type namedTable struct {
	Name  string
	Votes int64
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

// stack lays the candidates' votes side by side, of which scale make a whole
// bar.
func stack(order []Candidate, votes map[string]int64, scale int64) []segment {
	bar := make([]segment, 0, len(order))
	var x int64
	for _, c := range order {
		bar = append(bar, segment{ID: c.ID, Colour: c.Colour, X: units(x, scale), W: units(votes[c.ID], scale)})
		x += votes[c.ID]
	}
	return bar
}

// CandidateOf finds a region's leader.
func (p page) CandidateOf(id *string) *Candidate {
	if id == nil {
		return nil
	}
	c, ok := p.names[*id]
	if !ok {
		c = Candidate{ID: *id, Name: *id, Colour: otherColour}
	}
	return &c
}

// renderPage renders the HTML page.
func renderPage(r *Results, assets map[string]string, poll time.Duration) (*document, error) {
	p := page{Results: r, Assets: assets, PollMS: poll.Milliseconds(), names: map[string]Candidate{}}
	shares := map[string]int64{}
	for _, c := range r.Candidates {
		p.names[c.ID] = c
		shares[c.ID] = c.Votes
	}
	p.Race = stack(r.Candidates, shares, r.Totals.Votes)
	var most int64
	for _, h := range r.Hourly {
		most = max(most, h.Votes)
	}
	for _, h := range r.Hourly {
		p.Hours = append(p.Hours, hourBar{Hour: h, Bar: stack(r.Candidates, h.By, most)})
	}
	for _, g := range r.Demographics {
		switch {
		case g.State != "":
		case g.AgeGroup != "":
			p.Ages = append(p.Ages, g)
		default:
			p.Genders = append(p.Genders, g)
		}
	}
	p.Topics = topicsOf(r.Books)
	t := r.Books.Tables
	p.Tables = []namedTable{
		{"candidate_totals", t.Candidates},
		{"regional_turnout", t.Regions},
		{"hourly_trends", t.Hours},
		{"demographic_analysis", t.Demographics},
	}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "page.html", p); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return newDocument("text/html; charset=utf-8", b.Bytes())
}
