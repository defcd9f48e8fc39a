package page

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/functions/dashboard/web"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/kafka"
)

func renderSnapshot(t *testing.T, e *election.Election, s *snapshot.Snapshot) string {
	t.Helper()
	return renderThrough(t, e, s, "")
}

// rulesOf are those of the pages of these tests.
func rulesOf(e *election.Election) results.Rules {
	return results.Rules{Election: e, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"}, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute}
}

// renderThrough is the page of a snapshot through a region or an area, or without a filter.
func renderThrough(t *testing.T, e *election.Election, s *snapshot.Snapshot, place string) string {
	t.Helper()
	rules := rulesOf(e)
	return renderPublication(t, rules.Publication(s, rules.State(s, sample.At("2026-11-03T14:05:30Z"))), place)
}

// renderPublication is the page of what is published through a region or an area, or without a filter.
func renderPublication(t *testing.T, p *results.Publication, place string) string {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Fatal(err)
	}
	f, err := filter.Parse(url.Values{"region": {place}}, p.Known())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Renderer{Assets: a, Poll: time.Second}.Render(p.Through(f), Look{Language: text.English})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	doc.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Body.String()
}

// TestPageHoldsEveryFigure checks that the page says without JavaScript what
// the API says.
func TestPageHoldsEveryFigure(t *testing.T) {
	page := renderSnapshot(t, sample.Election(t), sample.Small())
	for _, want := range []string{
		`<h1 id="headline" data-t="headline" data-meaning="delayed leads rivera 20 10">Elena Rivera leads by 20.0 points; turnout 50% so far.</h1>`,
		`<p class="share" data-f="share" data-n="30.0">30.0%</p>`,
		`data-f="votes" data-n="20">20 votes<`,
		`src="https://example.org/rivera.png"`,
		`<td class="n" data-f="turnout">53.3%</td>`,
		`<span data-f="leader">David Chen</span>`,
		`<td class="n" data-f="lead">&#43;25.0</td>`,
		`<time datetime="2026-11-03T13:00:00Z" data-as="date.hour">3 Nov, 13:00</time>`,
		`<td class="state" data-f="state">provisional</td>`,
		`<td class="n" data-by="chen">30</td>`,
		`<rect class="meter" x="9" y="79" width="41.6" height="7"/>`,
		`aria-label="TX &#43;31.3, Texas: Elena Rivera leads by 31.3 points, turnout 53.3%"`,
		`<td class="n" data-book="votes/records">111</td>`,
		`<p class="balance" data-balance="votes">votes: balanced</p>`,
		`<p class="balance" data-balance="voters" data-alarm>voters: out of balance by 1</p>`,
		`<td class="n" data-book="votes/gaps">1</td>`,
		`3 Nov 2026, 14:03 UTC`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
}

// TestPageTellsThatNothingIsOnItsWay checks what the chip says "up to date" by.
func TestPageTellsThatNothingIsOnItsWay(t *testing.T) {
	checked := sample.At("2026-11-03T14:05:00Z")
	for name, tc := range map[string]struct {
		state countstate.State
		want  bool
	}{
		"all is counted":     {countstate.State{CheckedAt: &checked}, true},
		"some isn't read":    {countstate.State{CheckedAt: &checked, Unread: 1}, false},
		"some isn't counted": {countstate.State{CheckedAt: &checked, Unsettled: 1}, false},
		"nobody has looked":  {countstate.State{}, false},
	} {
		p := content{Document: &results.Document{State: results.Standing{State: tc.state}}}
		if got := p.Settled(); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if page := renderSnapshot(t, sample.Election(t), sample.Small()); strings.Contains(page, "data-settled") {
		t.Error("the page says that all is counted while records are on their way")
	}
}

// The watermark says how far a count has come. Once it is complete it says nothing: the least of the
// partitions may have had its last vote hours before the polls closed.
func TestWatermarkIsOfACountThatGoesOn(t *testing.T) {
	rules := rulesOf(sample.Election(t))
	for state, want := range map[countstate.Name]string{
		countstate.Counting: `<div><dt>Votes read up to</dt>`,
		countstate.Complete: `<div hidden><dt>Votes read up to</dt>`,
	} {
		if page := renderPublication(t, rules.Publication(sample.Small(), countstate.State{Name: state}), ""); !strings.Contains(page, want) {
			t.Errorf("the page that is %s lacks %s", state, want)
		}
	}
}

// TestPageObeysThePolicy checks that nothing on a page needs what the
// Content-Security-Policy forbids.
func TestPageObeysThePolicy(t *testing.T) {
	page := renderSnapshot(t, sample.Election(t), sample.Small())
	for _, forbidden := range []string{`<style`, ` style=`, `javascript:`, ` onload=`, ` onerror=`, ` onclick=`, `ZgotmplZ`} {
		if strings.Contains(page, forbidden) {
			t.Errorf("page has %s", forbidden)
		}
	}
	for _, script := range regexp.MustCompile(`<script[^>]*>[^<]*`).FindAllString(page, -1) {
		code := !strings.Contains(script, `type="application/json"`)
		if code && (!strings.Contains(script, `src="static/`) || !strings.HasSuffix(script, ">")) {
			t.Errorf("page has the script %s", script)
		}
	}
}

func TestPageEscapesWhatVotesSay(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	s := &snapshot.Snapshot{
		Candidates: []snapshot.CandidateRow{{ID: evil, Name: evil, Party: evil, Image: "javascript:alert(1)", Votes: 1}},
		Regions:    []snapshot.RegionRow{{State: evil, Registered: 1, Voted: 1}},
		Hours:      []snapshot.HourRow{{Hour: sample.At("2026-11-03T13:00:00Z"), Candidate: evil, Votes: 1}},
		Books:      []snapshot.BookRow{{TopicPartition: kafka.TopicPartition{Topic: evil, TopicID: evil}}},
	}
	page := renderSnapshot(t, election.OpenBallot(), s)
	if strings.Contains(page, "<script>") || strings.Contains(page, "javascript:") {
		t.Error("page holds a script that came with a vote")
	}
}

func TestPicture(t *testing.T) {
	for _, tc := range []struct {
		portrait, image string
		want            template.URL
	}{
		{"", "", ""},
		{"https://a.example/p.png", "https://b.example/i.png", "https://a.example/p.png"},
		{"", "https://b.example/i.png", "https://b.example/i.png"},
		{"http://a.example/p.png", "https://b.example/i.png", "https://b.example/i.png"},
		{"data:image/svg+xml,%3Csvg/%3E", "", "data:image/svg+xml,%3Csvg/%3E"},
		{"", "data:image/png;base64,AAAA", ""},
		{"", "javascript:alert(1)", ""},
		{"", "//b.example/i.png", ""},
		{"", "https://b.example/" + strings.Repeat("x", maxImageURL), ""},
	} {
		if got := picture(results.Candidate{Portrait: tc.portrait, Image: tc.image}); got != tc.want {
			t.Errorf("picture(%.40q, %.40q) = %q, want %q", tc.portrait, tc.image, got, tc.want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Elena Rivera": "ER", "elena maria de rivera": "ER", "Ünal": "Ü", "": "?", "Ng-Okafor, Ada": "NA", "42": "4", "★": "?",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestInkCanBeRead(t *testing.T) {
	for _, colour := range append([]string{"#000000", "#ffffff", "#777777", results.OtherColour}, results.Palette...) {
		paper, text := luminance(colour), luminance(ink(colour))
		contrast := (max(paper, text) + 0.05) / (min(paper, text) + 0.05)
		if contrast < 4.5 { // WCAG 2 AA for text
			t.Errorf("%s on %s has a contrast of %.2f, want 4.5", ink(colour), colour, contrast)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, tc := range []struct{ got, want string }{{units(1, 3), "333.3"}, {units(0, 0), "0.0"}} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
