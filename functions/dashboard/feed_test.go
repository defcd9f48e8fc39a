package dashboard

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// atomFeed is what RFC 4287 says that a feed has.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      []string    `xml:"id"`
	Title   []string    `xml:"title"`
	Updated []string    `xml:"updated"`
	Author  []string    `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      []string   `xml:"id"`
	Title   []string   `xml:"title"`
	Updated []string   `xml:"updated"`
	Summary []string   `xml:"summary"`
	Links   []atomLink `xml:"link"`
}

// feedOf asks for a feed and holds it to what RFC 4287 demands of feeds and entries (4.1.1, 4.1.2).
func feedOf(t *testing.T, h http.Handler, query string) atomFeed {
	t.Helper()
	got := fetched(h, "/feed.atom"+query)
	if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" || got.Header().Get("ETag") == "" {
		t.Fatalf("feed%s: %d %s", query, got.Code, got.Body)
	}
	var f atomFeed
	if err := xml.Unmarshal(got.Body.Bytes(), &f); err != nil {
		t.Fatalf("%v in %s", err, got.Body)
	}
	one := func(what string, values []string) {
		if len(values) != 1 || strings.TrimSpace(values[0]) == "" {
			t.Errorf("feed%s: %s is %q, want one", query, what, values)
		}
	}
	instant := func(values []string) {
		one("updated", values)
		if _, err := time.Parse(time.RFC3339, values[0]); err != nil {
			t.Errorf("feed%s: %v", query, err)
		}
	}
	leads := func(links []atomLink, rel string) {
		if !slices.ContainsFunc(links, func(l atomLink) bool { return l.Rel == rel && l.Href != "" }) {
			t.Errorf("feed%s: %+v, want a link %q", query, links, rel)
		}
	}
	one("id", f.ID)
	one("title", f.Title)
	one("author", f.Author)
	instant(f.Updated)
	leads(f.Links, "self")
	leads(f.Links, "alternate")
	ids := map[string]bool{}
	for i, e := range f.Entries {
		one("an entry's id", e.ID)
		one("an entry's title", e.Title)
		one("an entry's summary", e.Summary)
		instant(e.Updated)
		leads(e.Links, "alternate")
		if ids[e.ID[0]] || !strings.HasPrefix(e.ID[0], "urn:uuid:") {
			t.Errorf("feed%s: the id %s stands twice, or is no URN", query, e.ID[0])
		}
		ids[e.ID[0]] = true
		if i > 0 && e.Updated[0] > f.Entries[i-1].Updated[0] {
			t.Errorf("feed%s: an entry of %s comes after one of %s", query, e.Updated[0], f.Entries[i-1].Updated[0])
		}
	}
	return f
}

func (f atomFeed) ids() (list []string) {
	for _, e := range f.Entries {
		list = append(list, e.ID[0])
	}
	return list
}

// TestFeed follows a count: entries stay, under their ids, in every language.
func TestFeed(t *testing.T) {
	country := func() *election.Election { return sample.CountryElection(t) }
	if f := feedOf(t, countryHandler(t, country(), 0), ""); len(f.Entries) != 0 {
		t.Errorf("before the first vote there are %+v", f.Entries)
	}
	early, late := countryHandler(t, country(), 500), countryHandler(t, country(), 800)
	const region = "&region=CA"
	first, last := feedOf(t, early, "?lang=en"+region), feedOf(t, late, "?lang=en"+region)
	if len(first.Entries) == 0 {
		t.Fatal("nobody leads in California")
	}
	for _, id := range first.ids() {
		if !slices.Contains(last.ids(), id) {
			t.Errorf("the entry %s is gone later", id)
		}
	}
	german := feedOf(t, late, "?lang=de"+region)
	if !slices.Equal(german.ids(), last.ids()) || german.Lang != "de" || german.Entries[0].Title[0] == last.Entries[0].Title[0] {
		t.Errorf("in German the entries are %+v", german.Entries)
	}
	whole := feedOf(t, late, "?lang=en")
	if whole.ID[0] == last.ID[0] {
		t.Error("the feed of all regions has the id of that of one")
	}
	for _, e := range last.Entries {
		i := slices.Index(whole.ids(), e.ID[0])
		if i < 0 || whole.Entries[i].Title[0] != e.Title[0] || !strings.HasPrefix(e.Title[0], "California: ") {
			t.Errorf("the feed of all regions lacks %q, or has another title for it", e.Title)
			continue
		}
		if l := whole.Entries[i].Links; len(l) != 2 || l[0].Href != "./?lang=en&region=CA" || l[1].Href != "./feed.atom?lang=en&region=CA" || l[1].Rel != "related" {
			t.Errorf("an entry of California leads to %+v", l)
		}
	}
	if timed := feedOf(t, late, "?lang=en&from=2026-11-03T18:00:00Z"); slices.Contains(timed.ids(), last.ids()[0]) {
		t.Error("entries of some hours have the ids of those of all hours")
	}
	for query, says := range map[string]string{"?theme=dark": "theme", "?region=Atlantis": "Atlantis", "?lang=fr": "en, de"} {
		if got := fetched(late, "/feed.atom"+query); got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), says) {
			t.Errorf("feed%s: %d %s", query, got.Code, got.Body)
		}
	}
	if page := fetched(late, "/?lang=de&region=CA").Body.String(); !strings.Contains(page, `type="application/atom+xml" title="`) || !strings.Contains(page, `href="feed.atom?lang=de&amp;region=CA"`) {
		t.Error("the page doesn't lead to its feed")
	}
}

// TestFeedOfACertifiedResult has a person certify a complete count.
func TestFeedOfACertifiedResult(t *testing.T) {
	c := testConfig(t)
	at := time.Date(2026, 11, 4, 3, 0, 0, 0, time.UTC)
	s := sample.Report(sample.Simulate(c.Election, 3000, 1), c.Election.Closes.Add(time.Hour))
	s.Certified = &snapshot.CertificationRow{Certified: true, By: "Ann Marsh", At: at, Result: map[string]int64{}}
	for _, row := range s.Candidates {
		s.Certified.Result[row.ID] = row.Votes
	}
	f := feedOf(t, newHandlerWith(t, c, &sample.Store{Next: sample.Returns(s, nil)}), "?lang=en")
	if len(f.Entries) < 2 || !strings.Contains(f.Entries[0].Title[0], "Ann Marsh") || f.Entries[0].Updated[0] != "2026-11-04T03:00:00Z" ||
		!strings.HasPrefix(f.Entries[1].Title[0], "Complete: ") {
		t.Errorf("%+v", f.Entries)
	}
}
