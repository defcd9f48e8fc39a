// Package datapolicy serves what says who reads which column: taxonomies and policy tags as Data
// Catalog's policy tag manager has them, and data policies as the BigQuery Data Policy API has them, in
// both versions.
package datapolicy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/partial"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// Engine is what the APIs change.
type Engine interface {
	PutDataPolicy(ctx context.Context, location string, p governance.DataPolicy, replace bool) (*governance.DataPolicy, error)
	UpdateDataPolicy(ctx context.Context, name string, change func(*governance.DataPolicy) error) (*governance.DataPolicy, error)
	DeleteDataPolicy(ctx context.Context, name string) error
	// ForgetTags takes policy tags off the columns of all tables.
	ForgetTags(ctx context.Context, tags []string) error
	// PolicyColumns are the columns that have a data policy.
	PolicyColumns(policy string) []string
}

// Handler serves the APIs.
type Handler struct {
	engine Engine
	store  *governance.Store
	mux    *http.ServeMux
}

const (
	location   = "projects/{project}/locations/{location}"
	taxonomies = location + "/taxonomies"
	tags       = taxonomies + "/{taxonomy}/policyTags"
	policies   = location + "/dataPolicies"
)

// New returns a Handler of what a store keeps.
func New(e Engine, s *governance.Store) *Handler {
	h := &Handler{engine: e, store: s, mux: http.NewServeMux()}
	for pattern, rt := range map[string]route{
		"GET /v1/" + taxonomies:                   {h.listTaxonomies, pages},
		"POST /v1/" + taxonomies:                  {h.createTaxonomy, nil},
		"GET /v1/" + taxonomies + "/{id}":         {h.getTaxonomy, nil},
		"PATCH /v1/" + taxonomies + "/{id}":       {h.patchTaxonomy, mask},
		"DELETE /v1/" + taxonomies + "/{id}":      {h.deleteTaxonomy, nil},
		"POST /v1/" + taxonomies + "/{id}":        {h.action, nil},
		"GET /v1/" + tags:                         {h.listTags, pages},
		"POST /v1/" + tags:                        {h.createTag, nil},
		"GET /v1/" + tags + "/{id}":               {h.getTag, nil},
		"PATCH /v1/" + tags + "/{id}":             {h.patchTag, mask},
		"DELETE /v1/" + tags + "/{id}":            {h.deleteTag, nil},
		"POST /v1/" + tags + "/{id}":              {h.action, nil},
		"GET /{version}/" + policies:              {h.listPolicies, pages},
		"POST /{version}/" + policies:             {h.createPolicy, nil},
		"GET /{version}/" + policies + "/{id}":    {h.getPolicy, nil},
		"PATCH /{version}/" + policies + "/{id}":  {h.patchPolicy, mask},
		"DELETE /{version}/" + policies + "/{id}": {h.deletePolicy, nil},
		"POST /{version}/" + policies + "/{id}":   {h.policyAction, nil},
	} {
		h.mux.Handle(pattern, rt)
	}
	h.mux.Handle("/", route{serve: unknown})
	return h
}

// ours are the paths of the APIs.
var ours = regexp.MustCompile(`^/v[12]/projects/[^/]+/locations/[^/]+/(taxonomies|dataPolicies)\b`)

// Serves reports whether a request is one of these APIs.
func Serves(r *http.Request) bool { return ours.MatchString(r.URL.Path) }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// route is a method of the APIs.
type route struct {
	// serve returns the answer, to be marshalled.
	serve func(w http.ResponseWriter, r *http.Request) (any, error)
	query []string // its own parameters
}

// The parameters of methods that list, and of those that change a part.
var (
	pages = []string{"pageSize", "pageToken"}
	mask  = []string{"updateMask", "update_mask"}
)

func (rt route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := partial.Serve(w, r, func(w http.ResponseWriter, r *http.Request) error {
		for name, values := range r.URL.Query() {
			if err := wire.CheckParam(name, values, rt.query); err != nil {
				return err
			}
		}
		answer, err := rt.serve(w, r)
		if err != nil {
			return err
		}
		return wire.Reply(w, answer)
	})
	if err != nil {
		wire.WriteError(w, err)
	}
}

func unknown(_ http.ResponseWriter, r *http.Request) (any, error) {
	return nil, wire.Errorf(http.StatusNotImplemented, "notImplemented", "The emulator doesn't serve %s %s", r.Method, r.URL.Path)
}

// name is that of the resource or the collection of a request.
func name(r *http.Request) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if colon := strings.LastIndex(rest, ":"); colon > strings.LastIndex(rest, "/") {
		return rest[:colon]
	}
	return rest
}

// parent is the name of what a collection belongs to.
func parent(r *http.Request) string {
	n := name(r)
	return n[:strings.LastIndex(n, "/")]
}

// read decodes the body of a request. A field that there isn't is refused.
func read(w http.ResponseWriter, r *http.Request, v any) error {
	data, err := wire.ReadBody(w, r)
	if err != nil || len(bytes.TrimSpace(data)) == 0 {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return wire.Invalid("Invalid JSON payload received. Unknown name %s: Cannot find field, or the emulator doesn't honour it.", field)
		}
		return wire.Invalid("Invalid JSON payload received. %v", err)
	}
	return nil
}

// masked reports whether a PATCH changes a field: its mask names it, or there is none.
func masked(r *http.Request, field string) bool {
	q := r.URL.Query()
	mask := cmp.Or(q.Get("updateMask"), q.Get("update_mask"))
	return mask == "" || slices.ContainsFunc(strings.Split(mask, ","), func(path string) bool { return names(path, field) })
}

// checkMask refuses fields of a mask that can't be changed.
func checkMask(r *http.Request, known ...string) error {
	for _, parameter := range mask {
		for _, path := range strings.FieldsFunc(r.URL.Query().Get(parameter), func(c rune) bool { return c == ',' }) {
			if !slices.ContainsFunc(known, func(field string) bool { return names(path, field) }) {
				return wire.Invalid("The field %q of updateMask can't be changed", path)
			}
		}
	}
	return nil
}

// names reports whether a path of a mask is of a field, in lower camel case or with underscores, or of a part of it.
func names(path, field string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(path), ".")
	return strings.EqualFold(strings.ReplaceAll(first, "_", ""), field)
}

// page is the part of a list that a request asks for, with the token of the next.
func page[T any](r *http.Request, field string, list []T) (any, error) {
	from, to, next, err := wire.WindowOf(r, "pageSize", len(list), 1000)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{field: list[from:to]}
	if next != "" {
		answer["nextPageToken"] = next
	}
	return answer, nil
}

// iamRequest is the body of a method of policies.
type iamRequest struct {
	Policy      *governance.IAMPolicy `json:"policy"`
	UpdateMask  string                `json:"updateMask"`
	Permissions []string              `json:"permissions"`
	Options     struct {
		Version int `json:"requestedPolicyVersion"`
	} `json:"options"`
}

var errVerb = errors.New("no verb")

// action serves the methods of policies. Whoever gives permissions elsewhere serves them before this does.
func (h *Handler) action(w http.ResponseWriter, r *http.Request) (any, error) {
	answer, err := h.iam(w, r)
	if errors.Is(err, errVerb) {
		return unknown(w, r)
	}
	return answer, err
}

func (h *Handler) iam(w http.ResponseWriter, r *http.Request) (any, error) {
	_, verb, _ := strings.Cut(r.PathValue("id"), ":")
	if verb != "getIamPolicy" && verb != "setIamPolicy" && verb != "testIamPermissions" {
		return nil, errVerb
	}
	var req iamRequest
	if err := read(w, r, &req); err != nil {
		return nil, err
	}
	was, err := h.store.IAMPolicy(name(r))
	switch {
	case err != nil:
		return nil, err
	case verb == "getIamPolicy":
		return was, nil
	case verb == "testIamPermissions":
		return map[string]any{"permissions": req.Permissions}, nil
	case req.Policy == nil:
		return nil, wire.Required("policy")
	case req.UpdateMask != "":
		return nil, wire.NotSupported("The field updateMask of setIamPolicy")
	}
	return h.store.SetIAMPolicy(r.Context(), name(r), *req.Policy)
}
