package page

import (
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// chosen is a filter as the form shows it.
type chosen struct {
	Region, Group, From, To string
	look                    Look
}

func chosenBy(f filter.Filter, look Look) chosen {
	c := chosen{look: look}
	if f.Region != nil {
		c.Region = *f.Region
	}
	if f.Group != nil {
		c.Group = *f.Group
	}
	if f.From != nil {
		c.From = text.Machine(*f.From)
	}
	if f.To != nil {
		c.To = text.Machine(*f.To)
	}
	return c
}

// Any says whether something is filtered.
func (c chosen) Any() bool { return c != chosen{look: c.look} }

// Everything is the address of the page without a filter.
func (c chosen) Everything() string { return chosen{look: c.look}.link("") }

// link is the page's address with another region in the filter.
func (c chosen) link(region string) string {
	q := c.look.query()
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
