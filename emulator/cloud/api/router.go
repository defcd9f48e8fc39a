package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Router finds the method that serves a request. Patterns are those of http.ServeMux,
// with the verb of a custom method at their end:
//
//	POST /v1/projects/{project}/secrets/{secret}:addVersion
//
// What has no method is answered by Unknown.
type Router struct {
	mux   *http.ServeMux
	verbs map[string]bool
}

// NewRouter returns a router without methods.
func NewRouter() *Router {
	r := &Router{mux: http.NewServeMux(), verbs: map[string]bool{}}
	r.handle("/", Method(func(r *http.Request) (any, error) { return nil, Unknown(r) }))
	return r
}

// Handle serves what a pattern names by a method.
func (t *Router) Handle(pattern string, m Method) { t.HandleHTTP(pattern, m) }

// HandleHTTP is Handle for what doesn't answer in JSON.
func (t *Router) HandleHTTP(pattern string, m http.Handler) {
	if resource, verb := Verb(pattern); verb != "" {
		t.verbs[verb] = true
		pattern = resource + "/:" + verb
	}
	t.handle(pattern, m)
}

func (t *Router) handle(pattern string, m http.Handler) {
	t.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path, r.URL.RawPath = joined.ReplaceAllString(r.URL.Path, ":$1"), joined.ReplaceAllString(r.URL.RawPath, ":$1")
		m.ServeHTTP(w, r)
	})
}

// joined is a verb as a segment of its own, which ServeMux can tell from a wildcard's
// value.
var joined = regexp.MustCompile(`/:([^/]*)$`)

func (t *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u := *r.URL
	raw, verb := Verb(r.URL.EscapedPath())
	if t.verbs[verb] {
		raw += "/:" + verb
	} else {
		raw = r.URL.EscapedPath()
	}
	path, err := url.PathUnescape(raw)
	if err != nil { // EscapedPath always unescapes
		WriteError(w, err)
		return
	}
	u.Path, u.RawPath = path, raw
	if strings.Contains(raw, "//") || strings.Contains(raw, "/./") || strings.Contains(raw, "/../") {
		WriteError(w, Unknown(r)) // ServeMux would redirect to a cleaned path
		return
	}
	routed := r.WithContext(r.Context())
	routed.URL = &u
	t.mux.ServeHTTP(w, routed)
}
