package page

import (
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// comparison is what the page says of the election before, beside its figures.
type comparison struct {
	Name    string
	Turnout string // none where nobody knows
	Swing   string // a sentence, or none
	Regions bool   // regions have results of it
}

// compare makes what is said of the election before.
func (p *content) compare() {
	l := p.Last
	if l == nil {
		return
	}
	c := &comparison{Name: l.Name}
	p.Compared = c
	if l.Turnout != nil {
		c.Turnout = p.lang.Percent(*l.Turnout)
	}
	if l.Swing != nil {
		from, to, points := *l.From, *l.To, *l.Swing
		if points < 0 {
			from, to, points = to, from, -points
		}
		key := "last.swing"
		if text.Tenth(points) == 0 {
			key = "last.swing.none"
		}
		c.Swing = p.lang.Say(key, "points", p.lang.Points(points), "from", p.of(from).Name, "to", p.of(to).Name, "name", l.Name)
	}
	for _, g := range p.Regions {
		c.Regions = c.Regions || g.LastLeader != nil
	}
}

// change is how a candidate's share has changed since the election before.
type change struct {
	Arrow string // for the eye
	Says  string
}

// changeOf compares shares; nil where there is nothing to compare.
func (p *content) changeOf(c results.Candidate) *change {
	if p.Last == nil || c.LastShare == nil || p.Totals.Shown == 0 {
		return nil
	}
	by := c.Share - *c.LastShare
	one := &change{Says: p.lang.Say("last.change", "change", p.lang.SignedPoints(by), "name", p.Last.Name)}
	switch said := p.lang.SignedPoints(by); {
	case said == p.lang.SignedPoints(0):
		one.Arrow = "="
	case by > 0:
		one.Arrow = "▲"
	default:
		one.Arrow = "▼"
	}
	return one
}

// before is who had the most votes of a place in the election before, and the swing since.
type before struct {
	card
	Swing string // in points
	To    *card  // towards whom; nil where it isn't known
	Says  string // the same in words
	Other bool   // than who leads now
}

// beforeOf compares a place; nil where nothing is known of it.
func (p *content) beforeOf(g results.Place) *before {
	if p.Compared == nil || !p.Compared.Regions {
		return nil
	}
	b := &before{card: card{Candidate: results.Candidate{Name: p.lang.None()}, Mark: len(Marks)}, Swing: p.lang.None()}
	if g.LastLeader != nil {
		b.card = p.of(*g.LastLeader)
		b.Other = g.Leader != nil && *g.Leader != *g.LastLeader
	}
	if g.Swing != nil && p.Last.To != nil {
		to, points := *p.Last.To, *g.Swing
		if points < 0 {
			to, points = *p.Last.From, -points
		}
		towards := p.of(to)
		b.To, b.Swing = &towards, p.lang.SignedPoints(points)
		b.Says = p.lang.Say("last.to", "points", b.Swing, "name", towards.Name)
	}
	return b
}
