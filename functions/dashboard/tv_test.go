package dashboard

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// TestGraphics asks for graphics for television by their addresses.
func TestGraphics(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	r := ask(h, "GET", "/tv/lower-third?region=TX&background=green")
	if r.StatusCode != http.StatusTemporaryRedirect || r.Header.Get("Location") != "../?background=green&region=TX&tv=lower-third" {
		t.Errorf("%s, %q", r.Status, r.Header.Get("Location"))
	}
	page := body(t, ask(h, "GET", "/?background=green&region=TX&tv=lower-third"))
	for _, want := range []string{` data-tv="lower-third" data-background="green"`, `<meta name="robots" content="noindex">`, "Texas"} {
		if !strings.Contains(page, want) {
			t.Errorf("the graphic lacks %s", want)
		}
	}
	if plain := body(t, ask(h, "GET", "/")); strings.Contains(plain, "data-tv") || strings.Contains(plain, "noindex") {
		t.Error("the page is a graphic")
	}
	for target, want := range map[string]string{
		"/tv/upper":               "There is no graphic \\\"upper\\\": use lower-third, full",
		"/tv/full?background=red": "There is no background \\\"red\\\": use transparent, green, blue, magenta",
		"/?background=green":      "The parameter background is for graphics: add tv, which is one of lower-third, full",
		"/?tv=full&embed=race":    "A page is a graphic (tv) or a section (embed), not both",
	} {
		if r := ask(h, "GET", target); r.StatusCode < 400 || !strings.Contains(body(t, r), want) {
			t.Errorf("%s: %s, want %q", target, r.Status, want)
		}
	}
}
