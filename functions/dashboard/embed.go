package dashboard

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/shared/config"
)

// What other people's pages show of the dashboard.

// embedOrigins reads EMBED_ORIGINS: who may show the page, or a section of it, in a frame.
func embedOrigins(env *config.Env) []string {
	list := env.List("EMBED_ORIGINS")
	for _, origin := range list {
		if err := checkOrigin(origin); err != nil {
			env.Fail("EMBED_ORIGINS", "%v", err)
		}
	}
	return list
}

// checkOrigin accepts what a Content-Security-Policy takes for one: everybody, or a scheme
// with a host, the first label of which may be an asterisk.
func checkOrigin(origin string) error {
	if origin == "*" {
		return nil
	}
	u, err := url.Parse(strings.Replace(origin, "://*.", "://any.", 1))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.User != nil || strings.ContainsAny(origin, "; ,'\"") || strings.Contains(u.Host, "*") {
		return fmt.Errorf("%q isn't an origin: write https://news.example.org, https://*.example.org, or * for everybody", origin)
	}
	return nil
}

// publicURL reads PUBLIC_URL: the address of the page as the world has it, with a slash at
// its end.
func publicURL(env *config.Env) string {
	text := env.String("PUBLIC_URL", "")
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		env.Fail("PUBLIC_URL", "is %q: write the address of the page, such as https://results.example.org/", text)
		return ""
	}
	return strings.TrimSuffix(u.String(), "/") + "/"
}

// oEmbed is an answer as https://oembed.com has it.
type oEmbed struct {
	Type     string `json:"type"`
	Version  string `json:"version"`
	Title    string `json:"title"`
	Provider string `json:"provider_name"`
	Age      int    `json:"cache_age"` // seconds
	HTML     string `json:"html"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
}

// The size of a frame where nobody says another: the script of /embed.js makes it as high as
// what it shows.
const (
	frameWidth  = 720
	frameHeight = 640
)

// embed answers what a page needs to show an address of ours in a frame.
func (h *Handler) embed(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if format := q.Get("format"); format != "" && format != "json" {
		h.fail(w, r, http.StatusNotImplemented, fmt.Sprintf("There is no format %.20q: use json.", format))
		return
	}
	width, err := sizeOf(q, "maxwidth", frameWidth)
	height, err2 := sizeOf(q, "maxheight", frameHeight)
	if err != nil || err2 != nil {
		h.fail(w, r, http.StatusBadRequest, "The parameters maxwidth and maxheight are whole numbers of pixels.")
		return
	}
	address, err := url.Parse(q.Get("url"))
	if err != nil || address.Host != r.Host && (h.public == "" || !strings.HasPrefix(q.Get("url"), h.public)) {
		h.fail(w, r, http.StatusNotFound, "The parameter url is an address of this page.")
		return
	}
	shown := address.Query()
	if shown.Get("embed") == "" {
		shown.Set("embed", h.sections[0])
	}
	if !slices.Contains(h.sections, shown.Get("embed")) {
		h.fail(w, r, http.StatusNotFound, h.noSuchSection(shown.Get("embed")).Error())
		return
	}
	address.RawQuery = shown.Encode()
	h.view(w, r, func(*refresh.View) (*httpdoc.Document, error) {
		return httpdoc.JSON(oEmbed{
			Type: "rich", Version: "1.0", Title: h.title, Provider: "Tallystream", Age: 3600, Width: width, Height: height,
			HTML: fmt.Sprintf(`<iframe src="%s" width="%d" height="%d" title="%s" loading="lazy" style="border:0;max-width:100%%"></iframe>`,
				html.EscapeString(address.String()), width, height, html.EscapeString(h.title)),
		})
	})
}

// card serves the picture that social networks show of the page.
func (h *Handler) card(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), httpdoc.CrossOrigin)
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		f, err := pageFilter(v, r)
		if err != nil {
			return nil, err
		}
		return v.Card(f)
	})
}

// sizeOf is the least of a size and what a parameter allows.
func sizeOf(q url.Values, name string, size int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return size, nil
	}
	most, err := strconv.Atoi(text)
	if err == nil && most < 1 {
		err = strconv.ErrRange
	}
	return min(size, most), err
}

func (h *Handler) noSuchSection(name string) error {
	return fmt.Errorf("there is no section %.40q: use %s", name, strings.Join(h.sections, ", "))
}

// plain serves a file that has its name for good, to every page.
func (h *Handler) plain(doc *httpdoc.Document) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		maps.Copy(w.Header(), httpdoc.CrossOrigin)
		doc.Serve(w, r)
	}
}
