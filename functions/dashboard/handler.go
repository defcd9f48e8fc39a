package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// maxURI is the longest request target that is looked at. The longest of ours
// has some fifty bytes; filters need a few hundred.
const maxURI = 2048

// Handler serves the dashboard. All links are relative, so that it works below
// any path as long as that path is stripped (http.StripPrefix).
type Handler struct {
	cache   *cache
	streams *streams
	assets  *assets
	common  http.Header // of every answer
	fresh   []string    // Cache-Control of what a refresh may change
	release func() error
}

// NewHandler returns a dashboard over any Store.
func NewHandler(c Config, store Store, log *slog.Logger) (*Handler, error) {
	a, err := newAssets()
	if err != nil {
		return nil, err
	}
	if !a.bundled {
		log.Warn("the page shows no charts: install Node.js, run make assets and build again")
	}
	// A person can't follow more than one change a second.
	pace := max(time.Second, c.Refresh)
	r := &renderer{config: c, assets: a.names, poll: pace}
	cache := newCache(c, store, r, log)
	return &Handler{
		cache:   cache,
		streams: newStreams(c, cache, pace, log),
		assets:  a,
		fresh:   []string{cacheControl(c.Refresh, c.MaxAge)},
		common:  common(picturesOf(c.Election)),
	}, nil
}

// cacheControl lets a shared cache keep an answer for one refresh, counted in
// whole seconds as HTTP does, and go on with it while it asks again, or when
// that fails, for as long as we would ourselves. Browsers ask each time, which
// costs them a 304.
func cacheControl(refresh, maxAge time.Duration) string {
	seconds := func(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
	return fmt.Sprintf("public, max-age=0, s-maxage=%d, stale-while-revalidate=%d, stale-if-error=%d",
		seconds(refresh), seconds(refresh), seconds(maxAge))
}

// Close implements function.Stage. It ends the streams, so that their readers
// know, stops a running query, and closes what New opened.
func (h *Handler) Close(context.Context) error {
	h.streams.close()
	h.cache.close()
	if h.release == nil {
		return nil
	}
	return h.release()
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api := strings.HasPrefix(r.URL.Path, "/api/")
	h.secure(w.Header(), api)
	switch {
	case len(r.RequestURI) > maxURI:
		h.fail(w, r, http.StatusRequestURITooLong, fmt.Sprintf("The address has %d bytes, more than %d.", len(r.RequestURI), maxURI))
	case r.Method == http.MethodOptions && api:
		preflight(w)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		h.fail(w, r, http.StatusMethodNotAllowed, "This page can only be read: use GET or HEAD.")
	case r.ContentLength != 0: // -1 where it comes in chunks
		w.Header().Set("Connection", "close") // nobody reads it
		h.fail(w, r, http.StatusRequestEntityTooLarge, "This page can only be read: a request has no body, not of a single byte.")
	default:
		h.route(w, r)
	}
}

func (h *Handler) route(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	if name, ok := strings.CutPrefix(p, "/api/v1/"); ok {
		h.api(w, r, name)
		return
	}
	switch p {
	case "":
		// The mount point without its slash: relative links need the slash.
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", mountPoint(r))
		w.WriteHeader(http.StatusPermanentRedirect)
	case "/":
		h.page(w, r)
	case "/healthz":
		function.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
	default:
		name, ok := strings.CutPrefix(p, "/static/")
		if doc := h.assets.files[name]; ok && doc != nil {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			doc.serve(w, r)
			return
		}
		h.fail(w, r, http.StatusNotFound, "There is no such page.")
	}
}

// page serves the HTML page. Parameters that are no filters are the browser's
// business, or that of whoever shared the address.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) {
	h.view(w, r, func(v *view) (*document, error) {
		q := r.URL.Query()
		maps.DeleteFunc(q, func(name string, _ []string) bool { return !slices.Contains(parameters, name) })
		f, err := v.parseFilter(q)
		if err != nil {
			return nil, badFilter{err}
		}
		return v.page(f)
	})
}

// mountPoint is the address of the page, relative to itself without its slash.
func mountPoint(r *http.Request) string {
	p, _, _ := strings.Cut(r.RequestURI, "?")
	return "./" + path.Base("/"+p) + "/"
}

// view serves one document of the current view.
func (h *Handler) view(w http.ResponseWriter, r *http.Request, pick func(*view) (*document, error)) {
	v, err := h.cache.get(r.Context())
	var doc *document
	if err == nil {
		doc, err = pick(v)
	}
	if err != nil {
		h.failed(w, r, err)
		return
	}
	w.Header()["Cache-Control"] = h.fresh
	doc.serve(w, r)
}

// badFilter is an error for who wrote the address.
type badFilter struct{ error }

// failed answers for an error without telling what is inside.
func (h *Handler) failed(w http.ResponseWriter, r *http.Request, err error) {
	var bad badFilter
	var tooMany errTooMany
	switch logging.Add(r.Context(), slog.Any("error", err)); {
	case errors.As(err, &bad):
		h.fail(w, r, http.StatusBadRequest, sentence(bad.Error()))
	case errors.As(err, &tooMany):
		w.Header().Set("Retry-After", "30")
		h.fail(w, r, http.StatusServiceUnavailable, sentence(tooMany.Error())+" Please read api/v1/results every few seconds instead.")
	case errors.Is(err, errUnavailable):
		w.Header().Set("Retry-After", "5")
		h.fail(w, r, http.StatusServiceUnavailable, "The results can't be read at the moment. Please try again in a few seconds.")
	default:
		h.fail(w, r, http.StatusInternalServerError, "The results can't be shown because of an error on our side.")
	}
}
