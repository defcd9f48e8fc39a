package dashboard

import (
	"net/http"
	"net/url"
	"strings"
)

// api serves what lies below /api/v1/.
func (h *Handler) api(w http.ResponseWriter, r *http.Request, name string) {
	switch {
	case name == "results":
		h.view(w, r, func(v *view) (*document, error) {
			f, err := v.filter(r)
			if err != nil {
				return nil, err
			}
			p, err := v.filtered(f)
			return p.document, err
		})
	case name == "books":
		h.view(w, r, func(v *view) (*document, error) { return v.books() })
	case name == "stream":
		h.stream(w, r)
	default:
		section, format, _ := strings.Cut(name, ".")
		if tableOf[section] == "" || format != "json" && format != "csv" {
			h.fail(w, r, http.StatusNotFound, "There is no such address. There are results, stream, books, and each of "+
				strings.Join(sectionNames, ", ")+" with .json or .csv.")
			return
		}
		h.view(w, r, func(v *view) (*document, error) {
			f, err := v.filter(r)
			if err != nil {
				return nil, err
			}
			return v.export(f, section, format)
		})
	}
}

// filter reads the request's filter; others are parameters besides.
func (v *view) filter(r *http.Request, others ...string) (Filter, error) {
	if r.URL.RawQuery == "" {
		return Filter{}, nil
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Filter{}, badFilter{err}
	}
	f, err := v.parseFilter(q, others...)
	if err != nil {
		return f, badFilter{err}
	}
	return f, nil
}

// export returns a section through a filter.
func (v *view) export(f Filter, section, format string) (*document, error) {
	p, err := v.part(section+"."+format+"?"+f.encode(), func(p *part) (err error) {
		figures := v.figures
		if !f.empty() {
			figures = v.edition.results(f)
			if _, err := encode(figures); err != nil { // sets the version
				return err
			}
		}
		if format == "csv" {
			p.document, err = exportCSV(figures, section)
		} else {
			p.document, err = exportJSON(figures, section)
		}
		return err
	})
	return p.document, err
}

// stream serves the results as server-sent events.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) {
	if err := h.streams.enter(); err != nil {
		h.failed(w, r, err)
		return
	}
	defer h.streams.leave()
	v, err := h.cache.get(r.Context())
	if err != nil {
		h.failed(w, r, err)
		return
	}
	f, err := v.filter(r, "since")
	if err != nil {
		h.failed(w, r, err)
		return
	}
	p, err := v.filtered(f)
	if err != nil {
		h.failed(w, r, err)
		return
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	if err := h.streams.serve(w, r, f, p.encoding); err != nil {
		h.failed(w, r, err)
	}
}
