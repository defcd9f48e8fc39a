package page

import (
	"net/url"
	"strings"
)

// OEmbed is the address that says how to show this page on another one, where the page's own
// is known.
func (p content) OEmbed() string {
	if p.look.Section != "" || p.Public == "" {
		return ""
	}
	return p.base + "oembed?" + url.Values{"url": {p.Public}}.Encode()
}

// Card is the address of the picture of what the page shows.
func (p content) Card() string {
	only := p.Chosen
	only.look = Look{}
	return p.base + "card.png" + strings.TrimPrefix(only.link(only.Region), "./")
}

// Whole is the address of the page that a section is of.
func (p content) Whole() string {
	whole := p.Chosen
	whole.look.Section = ""
	return whole.link(whole.Region)
}
