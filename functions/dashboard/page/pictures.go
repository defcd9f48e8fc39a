package page

import (
	drawing "github.com/tallystream/tallystream/functions/dashboard/picture"
)

// pictureLink is the address of a chart's picture, through what is chosen.
func (c chosen) pictureLink(chart, format string) string {
	look := Look{Language: c.look.Language, Named: true}
	if chart == "map" {
		look.Map = c.look.Map
	}
	c.look = look
	return "charts/" + chart + "." + format + c.link(c.Region)
}

// writable reports whether PNGs can have the page's words, and its candidates' names.
func (p content) writable() bool {
	if !drawing.Writable(p.lang.Say("name")) {
		return false
	}
	for _, c := range p.Candidates {
		if !drawing.Writable(c.Name) {
			return false
		}
	}
	return true
}
