package page

import "github.com/tallystream/tallystream/functions/dashboard/results"

// choice is what the form offers of one area, or of all regions where there are no areas.
type choice struct {
	Area    *results.Area
	Regions []results.Region
}

// step is one of the pages above the one that is shown.
type step struct{ Name, Href string }

// areas lists the areas, which regions each offers, and the way down to what is chosen.
func (p *content) areas() {
	if len(p.Document.Areas) == 0 {
		p.Choices = []choice{{Regions: p.Regions}}
		return
	}
	above := p.area()
	for i := range p.Document.Areas {
		a := &p.Document.Areas[i]
		c := choice{Area: a}
		for _, g := range p.Regions {
			if g.Parent == a.ID {
				c.Regions = append(c.Regions, g)
			}
		}
		p.Choices = append(p.Choices, c)
		p.Areas = append(p.Areas, p.tile(results.Region{State: a.ID, Name: a.Name, Place: a.Place}, ""))
		if a.ID == above {
			p.Trail = []step{{p.lang.Say("filter.everywhere"), p.Chosen.link("")}}
			if a.ID != p.Chosen.Region {
				p.Trail = append(p.Trail, step{a.Name, p.Chosen.link(a.ID)})
			}
		}
	}
}

// area is the id of the area that is chosen, or in which the chosen region lies; empty
// without one.
func (p *content) area() string {
	if p.Filter.Area != nil {
		return p.Filter.Area.ID
	}
	for _, g := range p.Regions {
		if g.State == p.Chosen.Region {
			return g.Parent
		}
	}
	return ""
}

// place is the name of what is chosen: that of a region in an area with the area's.
func (p *content) place() string {
	for _, a := range p.Document.Areas {
		if a.ID == p.Chosen.Region {
			return a.Name
		}
	}
	for _, g := range p.Regions {
		if g.State != p.Chosen.Region {
			continue
		}
		for _, a := range p.Document.Areas {
			if a.ID == g.Parent {
				return p.lang.Say("filter.place", "region", g.Name, "area", a.Name)
			}
		}
		return g.Name
	}
	return p.Chosen.Region
}
