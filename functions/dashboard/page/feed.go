package page

import (
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/countstate"
)

// Query is that of the page's address, with its question mark; empty without one.
func (p content) Query() string { return p.QueryOf(p.Chosen.Region) }

// QueryOf is that of the same page of a region.
func (p content) QueryOf(region string) string {
	return strings.TrimPrefix(p.Chosen.link(region), "./")
}

// FeedHref is the address of the feed of what the page shows.
func (p content) FeedHref() string {
	c := p.Chosen
	c.look = Look{Language: c.look.Language, Named: true}
	return "feed.atom" + c.link(c.Region)
}

// NameOf is a candidate's name.
func (p content) NameOf(id string) string { return p.of(id).Name }

// StandingOf says how a count stands that is in a state.
func (p content) StandingOf(s countstate.State) string { return results.Sentence(p.lang, s) }
