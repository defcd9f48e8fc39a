package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/chart"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/openapi"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/stream"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/functions/dashboard/web"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/function"
)

// maxURI is the longest request target that is answered. The longest of ours
// has some fifty bytes; filters need a few hundred.
const maxURI = 2048

// Handler serves the dashboard. All links are relative, so that it works below
// any path as long as that path is stripped (http.StripPrefix).
type Handler struct {
	cache       *refresh.Cache
	streams     *stream.Hub
	pages       page.Renderer
	mux         *http.ServeMux
	common      http.Header // of every answer but the API's
	fresh       []string    // Cache-Control of what a refresh may change
	public      string      // address of the page, or none
	title       string
	sections    []string          // that another page may show alone
	charts      []string          // that there are pictures of
	description *httpdoc.Document // of the API
	release     func() error
}

// NewHandler returns a dashboard over any Store.
func NewHandler(c Config, store snapshot.Store, log *slog.Logger) (*Handler, error) {
	a, err := web.Load()
	if err != nil {
		return nil, err
	}
	// A person can't follow more than one change a second.
	return newHandler(c, store, a, max(time.Second, c.Refresh), log)
}

// newHandler returns a dashboard with the assets given. Its streams and pages ask for
// news at the pace given.
func newHandler(c Config, store snapshot.Store, a *web.Assets, pace time.Duration, log *slog.Logger) (*Handler, error) {
	description, err := openapi.Document()
	if err != nil {
		return nil, err
	}
	maps := page.Maps{Kinds: c.Election.Kinds(), Outlines: c.Outlines}
	if maps.Outlines != nil {
		a.Add(page.OutlinesAsset, maps.Outlines.Paths)
	}
	pages := page.Renderer{Assets: a, Poll: pace, Public: c.PublicURL, Maps: maps}
	cache := refresh.New(c.Rules, pages, store, c.QueryTimeout, log)
	h := &Handler{
		cache:       cache,
		streams:     stream.New(cache, stream.Limits{Pace: pace, Life: c.StreamTime, Most: c.Streams, Patience: c.Patience}, log),
		pages:       pages,
		fresh:       []string{httpdoc.CacheControl(c.Refresh, c.MaxAge)},
		common:      httpdoc.Headers(results.PortraitHosts(c.Election).Sources(), c.EmbedOrigins),
		public:      c.PublicURL,
		title:       c.Election.Name,
		sections:    page.Sections(c.Election),
		charts:      chart.Names(c.Election),
		description: description,
	}
	h.mux = h.routes()
	return h, nil
}

// routes are all addresses. Methods are checked before.
func (h *Handler) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", h.page)
	mux.HandleFunc("/stream", h.edits)
	mux.HandleFunc("/healthz", h.health)
	mux.HandleFunc("/oembed", h.embed)
	mux.HandleFunc("/card.png", h.card)
	mux.HandleFunc("/charts/{file}", h.chart)
	mux.HandleFunc("/feed.atom", h.feed)
	mux.HandleFunc("/tv/{graphic}", h.tv)
	mux.HandleFunc("/embed.js", h.plain(h.pages.Assets.Element))
	mux.HandleFunc("/favicon.ico", h.plain(h.pages.Assets.Files[h.pages.Assets.Names["icon.svg"]]))
	mux.HandleFunc("/robots.txt", h.plain(robots))
	mux.HandleFunc("/static/{name...}", h.asset)
	mux.HandleFunc("/api/v1/results", h.results)
	mux.HandleFunc("/api/v1/books", h.books)
	mux.HandleFunc("/api/v1/openapi.json", h.plain(h.description))
	mux.HandleFunc("/api/v1/stream", h.changes)
	mux.HandleFunc("/api/v1/{file}", h.section)
	mux.HandleFunc("/api/v1/{rest...}", h.noSection)
	mux.HandleFunc("/api/v1", h.notFound) // nor a redirect to what lies below
	mux.HandleFunc("/static", h.notFound)
	mux.HandleFunc("/", h.notFound)
	return mux
}

// Close implements function.Stage. It ends the streams, so that their readers
// know, stops a running query, and closes what New opened.
func (h *Handler) Close(ctx context.Context) error {
	err := h.streams.Close(ctx)
	h.cache.Close()
	if h.release != nil {
		err = errors.Join(err, h.release())
	}
	return err
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api := strings.HasPrefix(r.URL.Path, "/api/")
	if api {
		maps.Copy(w.Header(), httpdoc.Data)
	} else {
		maps.Copy(w.Header(), h.common)
	}
	switch {
	case len(r.RequestURI) > maxURI:
		h.fail(w, r, http.StatusRequestURITooLong, fmt.Sprintf("The address has %d bytes, more than %d.", len(r.RequestURI), maxURI))
	case r.Method == http.MethodOptions && api:
		httpdoc.Preflight(w)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		h.fail(w, r, http.StatusMethodNotAllowed, "This page can only be read: use GET or HEAD.")
	case r.ContentLength != 0: // -1 where it comes in chunks
		w.Header().Set("Connection", "close") // nobody reads it
		h.fail(w, r, http.StatusRequestEntityTooLarge, "This page can only be read: a request has no body, not of a single byte.")
	case r.URL.Path == "":
		// The mount point without its slash: relative links need the slash.
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", mountPoint(r))
		w.WriteHeader(http.StatusPermanentRedirect)
	case !canonical(r.URL.Path):
		h.notFound(w, r) // the mux would redirect, to an address that doesn't know where it is mounted
	default:
		h.mux.ServeHTTP(w, r)
	}
}

// canonical says whether a path is written in the only way that is served.
func canonical(p string) bool {
	clean := path.Clean(p)
	return p[0] == '/' && (p == clean || p == clean+"/")
}

// notFound answers where there is no such address.
func (h *Handler) notFound(w http.ResponseWriter, r *http.Request) {
	h.apologise(w, r, http.StatusNotFound, "error.missing")
}

// health says that the process lives.
func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	function.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// asset serves a file that pages load.
func (h *Handler) asset(w http.ResponseWriter, r *http.Request) {
	doc := h.pages.Assets.Files[r.PathValue("name")]
	if doc == nil {
		h.notFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	doc.Serve(w, r)
}

// page serves the HTML page.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) {
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		f, look, err := h.asked(v, r)
		if err != nil {
			return nil, err
		}
		return v.Page(f, look)
	})
}

// edits serves the stream by which a page stays up to date.
func (h *Handler) edits(w http.ResponseWriter, r *http.Request) {
	h.stream(w, r, func(v *refresh.View) (stream.Source, error) {
		f, look, err := h.asked(v, r)
		return stream.Page(f, look), err
	})
}

// asked is which page a request asks for.
func (h *Handler) asked(v *refresh.View, r *http.Request) (filter.Filter, page.Look, error) {
	f, err := pageFilter(v, r)
	if err != nil {
		return f, page.Look{}, err
	}
	look, err := h.lookOf(r)
	return f, look, err
}

// pageFilter reads the filter of a page's address. Parameters that are no filters are
// the browser's business, or that of whoever shared the address.
func pageFilter(v *refresh.View, r *http.Request) (filter.Filter, error) {
	q := r.URL.Query()
	maps.DeleteFunc(q, func(name string, _ []string) bool { return !slices.Contains(filter.Parameters, name) })
	f, err := filter.Parse(q, v.Known())
	if err != nil {
		return f, badFilter{err}
	}
	return f, nil
}

// robots lets search engines read the page, and keeps them from what changes all the time.
var robots = httpdoc.New("text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /api/\nDisallow: /stream\n"))

// lookOf is how a request wants its page: the section that its address names, or all; in the
// language that its address names, or else in one that the browser accepts.
func (h *Handler) lookOf(r *http.Request) (page.Look, error) {
	q := r.URL.Query()
	look, err := inLanguage(r, q)
	if err != nil {
		return look, badFilter{err}
	}
	if look.Section = q.Get("embed"); look.Section != "" && !slices.Contains(h.sections, look.Section) {
		return look, badFilter{h.noSuchSection(look.Section)}
	}
	if err := showGraphic(q, &look); err != nil {
		return look, badFilter{err}
	}
	if look.Map, err = h.mapOf(q); err != nil {
		return look, badFilter{err}
	}
	return look, nil
}

// mapOf is the map that an address asks for; none where it says nothing.
func (h *Handler) mapOf(q url.Values) (election.MapKind, error) {
	kind := election.MapKind(q.Get("map"))
	if kind != "" && !slices.Contains(h.pages.Maps.Kinds, kind) {
		return "", fmt.Errorf("there is no map %.40q: use one of %s", kind, h.pages.Maps.List())
	}
	return kind, nil
}

// inLanguage is a look in the language that the address names by lang, or else that the browser accepts.
func inLanguage(r *http.Request, q url.Values) (look page.Look, err error) {
	name := q.Get("lang")
	if name == "" {
		return page.Look{Language: text.Accepted(r.Header.Get("Accept-Language"))}, nil
	}
	look.Named = true
	look.Language, err = text.Named(name)
	return look, err
}

// mountPoint is the address of the page, relative to itself without its slash.
func mountPoint(r *http.Request) string {
	p, _, _ := strings.Cut(r.RequestURI, "?")
	return "./" + path.Base("/"+p) + "/"
}

// view serves the document that pick takes of the current view.
func (h *Handler) view(w http.ResponseWriter, r *http.Request, pick func(*refresh.View) (*httpdoc.Document, error)) {
	v, err := h.cache.Get(r.Context())
	var doc *httpdoc.Document
	if err == nil {
		doc, err = pick(v)
	}
	if err != nil {
		h.failed(w, r, err)
		return
	}
	w.Header()["Cache-Control"] = h.fresh
	doc.Serve(w, r)
}
