// Package feed tells what has happened in a count, as an Atom feed (RFC 4287): who took the
// lead when and where, that the count is complete, and what a person certified. What a page shows goes in,
// the feed comes out. Every entry follows from the figures: every instance tells the same, and
// tells it under the same id.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/countstate"
)

// ContentType is that of a feed.
const ContentType = "application/atom+xml; charset=utf-8"

type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID      string `xml:"id"`
	Title   string `xml:"title"`
	Updated string `xml:"updated"`
	Links   []link `xml:"link"`
	Summary string `xml:"summary"`
	at      time.Time
}

// mostRegional is how many entries of single regions the feed of several has, the newest.
const mostRegional = 200

// Atom is the feed of what a page shows, the newest first. Where that are several regions, hours
// are those of each; else it is nil. Addresses in it are absolute where
// public is the address of the dashboard, else relative to the feed's.
func Atom(f page.Figures, hours map[string][]results.Hour, public string) ([]byte, error) {
	if public == "" {
		public = "./"
	}
	w := writer{f: f, part: f.Filter, links: []link{{"alternate", "text/html", public + f.Query()}}}
	if f.Filter.Region != nil && f.Filter.Area == nil {
		w.region = w.nameOf(*f.Filter.Region)
	}
	entries := slices.Concat(w.leads(f.Hourly), w.ends(), w.regional(hours, public))
	slices.SortStableFunc(entries, func(a, b entry) int { return b.at.Compare(a.at) })
	a := atom{
		Lang: f.Words().Code, ID: w.id("feed"), Title: f.Name, Updated: stamp(time.Unix(0, 0)), Author: "Tallystream",
		Links: []link{{"self", "application/atom+xml", public + "feed.atom" + f.Query()}, w.links[0]}, Entries: entries,
	}
	if f.AsOf != nil {
		a.Updated = stamp(*f.AsOf)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(a); err != nil {
		return nil, fmt.Errorf("write a feed: %w", err)
	}
	b.WriteString("\n")
	return b.Bytes(), nil
}

// writer makes entries of a part of what a page shows.
type writer struct {
	f      page.Figures
	part   filter.Filter
	region string // name of the region that the part is; empty where it is more than one
	links  []link
}

// regional are the entries of each region, the newest of all of them. They have the ids that they have in
// the feed of their region alone, and lead there.
func (w writer) regional(hours map[string][]results.Hour, public string) (list []entry) {
	for _, id := range slices.Sorted(maps.Keys(hours)) {
		query := w.f.QueryOf(id)
		of := writer{w.f, w.part.OfRegion(id), w.nameOf(id), []link{
			{"alternate", "text/html", public + query}, {"related", "application/atom+xml", public + "feed.atom" + query}}}
		list = append(list, of.leads(hours[id])...)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return b.at.Compare(a.at) })
	return list[:min(len(list), mostRegional)]
}

func (w writer) nameOf(region string) string {
	if i := slices.IndexFunc(w.f.Regions, func(g results.Region) bool { return g.State == region }); i >= 0 {
		return w.f.Regions[i].Name
	}
	return region
}

// id is that of something in the part of the election that the feed is of, the same for
// ever and in every language.
func (w writer) id(what string) string {
	part := fmt.Sprintf("tallystream %q %q %q", w.f.Election.ID, w.part.Encode(), what)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(part)).URN()
}

func (w writer) entry(what, title, summary string, at time.Time) entry {
	if w.region != "" {
		title = w.f.Words().Say("feed.region", "region", w.region, "title", title)
	}
	return entry{w.id(what), title, stamp(at), w.links, summary, at}
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// leads tells whose lead was another at the end of an hour than at the end of the one
// before: of the votes cast until then, and whatever isn't shown by candidate. Where nobody can be
// said to lead there is no entry.
func (w writer) leads(hours []results.Hour) (list []entry) {
	l, sums, held, before := w.f.Words(), map[string]int64{}, int64(0), ""
	for _, h := range hours {
		if !h.Complete {
			break
		}
		shown := int64(0)
		for id, votes := range h.By {
			sums[id] += votes
			shown += votes
		}
		held += h.Votes - shown
		leader, margin := first(sums)
		if margin <= held || leader == before {
			continue
		}
		before = leader
		end := h.Hour.Add(time.Hour)
		title := l.Say(l.Exactly("feed.lead", w.f.Exact), "name", w.f.NameOf(leader), "time", l.Hour(end))
		list = append(list, w.entry("lead until "+stamp(end), title, l.Say("feed.margin", "votes", l.Count(margin, "votes")), end))
	}
	return list
}

// first is who has most, and by how much.
func first(votes map[string]int64) (leader string, margin int64) {
	most, second := int64(-1), int64(0)
	for id, n := range votes {
		switch {
		case n > most:
			leader, most, second = id, n, max(most, 0)
		case n > second:
			second = n
		}
	}
	return leader, most - second
}

// ends tells that the count is complete, and since when nothing has come; and what a person
// has certified.
func (w writer) ends() (list []entry) {
	if at := w.f.Freshness.LastIngestedAt; at != nil && w.f.Status.Decided() {
		complete := countstate.State{Name: countstate.Complete, Pending: w.f.State.Pending}
		list = append(list, w.entry("complete", w.f.StandingOf(complete), w.f.Headline(), *at))
	}
	if c := w.f.State.Certification; c != nil && w.f.State.Is(countstate.Certified) {
		list = append(list, w.entry("certified "+stamp(c.At), w.f.Standing(), w.f.Headline(), c.At))
	}
	return list
}
