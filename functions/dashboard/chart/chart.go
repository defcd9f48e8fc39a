// Package chart draws the charts of the page as pictures that stand alone: with a title, a
// legend, and when the figures are of. What a page shows goes in, a picture comes out.
package chart

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/shared/election"
)

// Options are how a chart is drawn.
type Options struct {
	Name  string
	Theme string         // one of Themes
	Zone  *time.Location // of its times
}

// Key tells options from others.
func (o Options) Key() string { return o.Name + " " + o.Theme + " " + o.Zone.String() }

// All are all charts in the order of the page.
var All = []string{"race", "seats", "map", "turnout", "minutes", "shares", "hours", "age", "gender"}

// Names are the charts of an election.
func Names(e *election.Election) []string {
	if e.Seats == nil {
		return slices.DeleteFunc(slices.Clone(All), func(name string) bool { return name == "seats" })
	}
	return All
}

// drawings draw the part of a sheet below its title.
var drawings = map[string]func(*sheet){
	"race": (*sheet).race, "seats": (*sheet).seats, "map": (*sheet).places, "turnout": (*sheet).turnout,
	"minutes": (*sheet).minutes, "shares": (*sheet).shares, "hours": (*sheet).hours,
	"age": (*sheet).ages, "gender": (*sheet).genders,
}

// Draw draws a chart of what a page shows.
func Draw(f page.Figures, o Options) (*picture.Picture, error) {
	drawing, known := drawings[o.Name]
	colours, themed := themes[o.Theme]
	if !known || !themed {
		return nil, fmt.Errorf("there is no chart %q of a theme %q", o.Name, o.Theme)
	}
	l := f.Words()
	s := &sheet{f: f, l: l, zone: o.Zone, colours: colours, rtl: l.Say("direction") == "rtl"}
	s.p = &picture.Picture{Width: width, Language: l.Code, Paper: colours.paper}
	title, note := s.title(o.Name)
	s.p.Title = strings.TrimSpace(f.Election.Name + " · " + title + ". " + note)
	s.head(title, note)
	drawing(s)
	s.foot()
	return s.p, nil
}

// title is what a chart shows, and a sentence about it.
func (s *sheet) title(name string) (title, note string) {
	l := s.l
	switch name {
	case "race":
		return s.f.Headline(), ""
	case "seats":
		if h := s.f.House; h != nil {
			return h.Heading, strings.TrimSpace(h.Sentence + " " + h.Rest)
		}
		return "", ""
	case "map":
		return s.f.Say("picture.map"), s.f.Headline()
	case "turnout":
		return l.Say("where.turnout"), s.f.TurnoutNote
	case "minutes":
		return l.Say("when.minutes"), l.Say("when.minutes.note")
	case "shares":
		return l.Say("when.shares"), l.Say("when.shares.note")
	case "hours":
		return l.Say("when.hours"), l.Say("when.hours.note")
	case "age":
		return l.Say("picture.age"), l.Say("who.note", "turnout", l.Turnout(s.f.Overall))
	}
	return l.Say("picture.gender"), l.Say("who.note", "turnout", l.Turnout(s.f.Overall))
}
