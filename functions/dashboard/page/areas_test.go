package page

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/election"
)

// divided is the small election with two areas, and a result of last time.
func divided(t *testing.T) *election.Election {
	t.Helper()
	e := sample.Election(t)
	e.Areas = []election.Area{{ID: "south", Name: "The South"}, {ID: "rest", Name: "The rest"}}
	e.Last = &election.Last{Name: "2022", Past: election.Past{Votes: map[string]int64{"rivera": 60, "chen": 40}, Registered: 125}}
	for i, g := range e.Regions {
		e.Regions[i].Parent = "rest"
		if g.ID == "TX" || g.ID == "NM" {
			e.Regions[i].Parent = "south"
			e.Regions[i].Last = &election.Past{Votes: map[string]int64{"rivera": 30, "chen": 50}, Others: 20, Registered: 200}
		}
	}
	if err := e.Validate(); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAreasHavePages(t *testing.T) {
	e := divided(t)
	for place, tc := range map[string]struct {
		has, lacks []string
	}{
		"": {[]string{
			`<optgroup label="The South" data-key="south"><option value="south">The South</option><option value="NM">New Mexico</option><option value="TX">Texas</option></optgroup>`,
			`<a href="?region=south" data-f="name">The South</a>`,
			`<nav class="trail" aria-label="Above this page" hidden></nav>`,
			`data-key="VT" href="?region=VT" transform`, `data-key="TX" href="?region=TX" transform`,
		}, nil},
		"south": {[]string{
			`<title>The South · General Election 2026 · Tallystream</title>`,
			`<meta name="description" content="The South: Elena Rivera leads by 31.3 points; turnout 53% so far.">`,
			`<link rel="canonical" href="?region=south">`,
			`<nav class="trail" aria-label="Above this page"><a href="./">All regions</a> </nav>`,
			`<option value="south" selected>The South</option>`,
			`data-f="name" aria-current="true">The South</a>`,
			`data-key="TX" href="?region=TX" transform`,
			`href="api/v1/regions.csv?region=south"`,
		}, []string{`data-key="VT" href="?region=VT" transform`}},
		"TX": {[]string{
			`<title>Texas · The South · General Election 2026 · Tallystream</title>`,
			`<nav class="trail" aria-label="Above this page"><a href="./">All regions</a> <a href="?region=south">The South</a> </nav>`,
			`data-key="NM" href="?region=NM" transform`,
		}, []string{`data-key="VT" href="?region=VT" transform`}},
	} {
		page := renderThrough(t, e, sample.Small(), place)
		for _, want := range tc.has {
			if !strings.Contains(page, want) {
				t.Errorf("%q: the page lacks %s", place, want)
			}
		}
		for _, other := range tc.lacks {
			if strings.Contains(page, other) {
				t.Errorf("%q: the page has %s, of another area", place, other)
			}
		}
	}
}

func TestPageComparesWithLastTime(t *testing.T) {
	e := divided(t)
	for place, want := range map[string][]string{
		"": {
			`<dt>Turnout in 2022</dt><dd data-t="last.turnout">80.0%</dd>`,
			`<p class="swing" data-t="swing">No swing between David Chen and Elena Rivera since 2022.</p>`,
			`<span aria-hidden="true">▼</span> -10.0 points since 2022</p>`,
			`<th scope="col">First in 2022</th><th scope="col" class="n">Swing</th>`,
			`<span data-f="before" data-other>David Chen</span>`,
			`&#43;25.6</span><span class="unseen">&#43;25.6 to Elena Rivera</span></td>`,
			`Texas: Elena Rivera leads by 31.3 points, turnout 53.3%; in 2022 David Chen was first`,
		},
		"TX": {
			`<p class="swing" data-t="swing">A swing of 25.6 points from David Chen to Elena Rivera since 2022.</p>`,
			`<span aria-hidden="true">▲</span> &#43;26.3 points since 2022</p>`,
			`<dd data-t="last.turnout">50.0%</dd>`,
		},
	} {
		page := renderThrough(t, e, sample.Small(), place)
		for _, one := range want {
			if !strings.Contains(page, one) {
				t.Errorf("%q: the page lacks %s", place, one)
			}
		}
	}
	if page := renderSnapshot(t, sample.Election(t), sample.Small()); strings.Contains(page, "since ") || strings.Contains(page, "swing") {
		t.Error("an election without last time's result is compared with it")
	}
}
