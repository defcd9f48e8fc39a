package dashboard

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/config"
)

func TestEmbedOrigins(t *testing.T) {
	read := func(origins string) (Config, error) {
		return ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "EMBED_ORIGINS": origins}))
	}
	c, err := read("https://news.example.org, https://*.example.com,http://localhost:8080")
	if diff := cmp.Diff([]string{"https://news.example.org", "https://*.example.com", "http://localhost:8080"}, c.EmbedOrigins); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"news.example.org", "https://", "https://a.example/path", "https://a.example; script-src *", "'self'", "https://*.*.org", "ftp://a.example"} {
		if _, err := read(bad); err == nil || !strings.Contains(err.Error(), "EMBED_ORIGINS") {
			t.Errorf("%q: %v, want an error that names EMBED_ORIGINS", bad, err)
		}
	}
}

func TestPublicURL(t *testing.T) {
	for text, want := range map[string]string{"": "", "https://results.example.org": "https://results.example.org/", "https://a.example/2026/": "https://a.example/2026/"} {
		c, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "PUBLIC_URL": text}))
		if err != nil || c.PublicURL != want {
			t.Errorf("%q: %q, %v, want %q", text, c.PublicURL, err, want)
		}
	}
	for _, bad := range []string{"results.example.org", "https://", "https://a.example/?x=1"} {
		if _, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "PUBLIC_URL": bad})); err == nil || !strings.Contains(err.Error(), "PUBLIC_URL") {
			t.Errorf("%q: %v, want an error that names PUBLIC_URL", bad, err)
		}
	}
}

// TestPageTellsOthersOfItself reads what social networks and other pages read.
func TestPageTellsOthersOfItself(t *testing.T) {
	c := testConfig(t)
	c.EmbedOrigins, c.PublicURL = []string{"https://news.example.org", "https://*.example.com"}, "https://results.example.org/2026/"
	h := newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	r := ask(h, "GET", "/?region=TX")
	if got := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "frame-ancestors https://news.example.org https://*.example.com") {
		t.Errorf("policy %q doesn't name who may embed", got)
	}
	page := body(t, r)
	for _, want := range []string{
		`<meta property="og:url" content="https://results.example.org/2026/?region=TX">`,
		`<meta property="og:title" content="Texas · General Election 2026 · Tallystream">`,
		`<meta property="og:image" content="https://results.example.org/2026/card.png?region=TX">`,
		`<link rel="canonical" href="https://results.example.org/2026/?region=TX">`,
		`type="application/json+oembed" href="https://results.example.org/2026/oembed?url=https%3A%2F%2Fresults.example.org%2F2026%2F%3Fregion%3DTX"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	var got oEmbed
	answer := ask(h, "GET", "/oembed?maxwidth=300&url="+url.QueryEscape("https://results.example.org/2026/?region=TX&embed=where"))
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Type != "rich" || got.Width != 300 || !strings.Contains(got.HTML, `src="https://results.example.org/2026/?embed=where&amp;region=TX"`) {
		t.Errorf("oEmbed %+v", got)
	}
	for target, want := range map[string]int{
		"/oembed?url=https://elsewhere.example/": 404, "/oembed?format=xml&url=https://results.example.org/2026/": 501,
		"/oembed?maxwidth=x&url=https://results.example.org/2026/": 400, "/oembed?url=https://results.example.org/2026/%3Fembed=x": 404,
		"/?embed=nothing": 400, "/?embed=seats": 400, "/card.png?region=TX": 200, "/card.png?region=XX": 400, "/robots.txt": 200, "/favicon.ico": 200, "/embed.js": 200,
	} {
		if r := ask(h, "GET", target); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, r.StatusCode, want)
		}
	}
}
