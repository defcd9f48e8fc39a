package dashboard

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/stream"
)

// results serves the document through a filter.
func (h *Handler) results(w http.ResponseWriter, r *http.Request) {
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		f, err := filterOf(v, r)
		if err != nil {
			return nil, err
		}
		p, err := v.Filtered(f)
		return p.Document, err
	})
}

// books serves the books alone.
func (h *Handler) books(w http.ResponseWriter, r *http.Request) {
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) { return v.Books() })
}

// section serves one section as rows.
func (h *Handler) section(w http.ResponseWriter, r *http.Request) {
	section, format, _ := strings.Cut(r.PathValue("file"), ".")
	if results.TableOf[section] == "" || format != "json" && format != "csv" {
		h.noSection(w, r)
		return
	}
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		f, err := filterOf(v, r)
		if err != nil {
			return nil, err
		}
		return v.Export(f, section, format)
	})
}

// noSection answers where there is no such address of the API.
func (h *Handler) noSection(w http.ResponseWriter, r *http.Request) {
	h.fail(w, r, http.StatusNotFound, "There is no such address. There are results, stream, books, and each of "+
		strings.Join(results.Sections, ", ")+" with .json or .csv.")
}

// filterOf reads the filter of a request to the API; others are parameters that may
// stand beside it.
func filterOf(v *refresh.View, r *http.Request, others ...string) (filter.Filter, error) {
	if r.URL.RawQuery == "" {
		return filter.Filter{}, nil
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return filter.Filter{}, badFilter{err}
	}
	f, err := filter.Parse(q, v.Known(), others...)
	if err != nil {
		return f, badFilter{err}
	}
	return f, nil
}

// changes serves the results as server-sent events.
func (h *Handler) changes(w http.ResponseWriter, r *http.Request) {
	h.stream(w, r, func(v *refresh.View) (stream.Source, error) {
		f, err := filterOf(v, r, "since")
		return stream.Results(f), err
	})
}

// stream serves a stream of the source that choose reads from the request.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request, choose func(*refresh.View) (stream.Source, error)) {
	err := h.streams.Serve(w, r, func() (source stream.Source, v *refresh.View, err error) {
		if v, err = h.cache.Get(r.Context()); err == nil {
			source, err = choose(v)
		}
		return source, v, err
	})
	if err != nil {
		h.failed(w, r, err)
	}
}
