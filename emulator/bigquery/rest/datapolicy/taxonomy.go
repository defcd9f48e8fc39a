package datapolicy

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/tallystream/tallystream/emulator/bigquery/governance"
)

func (h *Handler) listTaxonomies(_ http.ResponseWriter, r *http.Request) (any, error) {
	return page(r, "taxonomies", h.store.Taxonomies(parent(r)))
}

func (h *Handler) createTaxonomy(w http.ResponseWriter, r *http.Request) (any, error) {
	return create(w, r, h.store.CreateTaxonomy)
}

func (h *Handler) getTaxonomy(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.store.Taxonomy(name(r))
}

func (h *Handler) patchTaxonomy(w http.ResponseWriter, r *http.Request) (any, error) {
	return patch(w, r, h.store.UpdateTaxonomy, fields[governance.Taxonomy]{
		"displayName":          func(t, change *governance.Taxonomy) { t.DisplayName = change.DisplayName },
		"description":          func(t, change *governance.Taxonomy) { t.Description = change.Description },
		"activatedPolicyTypes": func(t, change *governance.Taxonomy) { t.ActivatedPolicyTypes = change.ActivatedPolicyTypes },
	})
}

// deleteTaxonomy deletes a taxonomy, its tags, and what columns say of them.
func (h *Handler) deleteTaxonomy(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.forget(r, h.store.DeleteTaxonomy)
}

func (h *Handler) listTags(_ http.ResponseWriter, r *http.Request) (any, error) {
	list, err := h.store.Tags(parent(r))
	if err != nil {
		return nil, err
	}
	return page(r, "policyTags", list)
}

func (h *Handler) createTag(w http.ResponseWriter, r *http.Request) (any, error) {
	return create(w, r, h.store.CreateTag)
}

func (h *Handler) getTag(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.store.Tag(name(r))
}

func (h *Handler) patchTag(w http.ResponseWriter, r *http.Request) (any, error) {
	return patch(w, r, h.store.UpdateTag, fields[governance.PolicyTag]{
		"displayName":     func(t, change *governance.PolicyTag) { t.DisplayName = change.DisplayName },
		"description":     func(t, change *governance.PolicyTag) { t.Description = change.Description },
		"parentPolicyTag": func(t, change *governance.PolicyTag) { t.Parent = change.Parent },
	})
}

// deleteTag deletes a tag, those below it, and what columns say of them.
func (h *Handler) deleteTag(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.forget(r, h.store.DeleteTag)
}

// forget takes the tags of a taxonomy, or a tag with those below it, off all columns, and deletes them.
func (h *Handler) forget(r *http.Request, remove func(ctx context.Context, name string) error) (any, error) {
	if err := h.engine.ForgetTags(r.Context(), h.store.Descendants(name(r))); err != nil {
		return nil, err
	}
	return struct{}{}, remove(r.Context(), name(r))
}

// create makes the resource of a request's body in the collection of its path.
func create[T any](w http.ResponseWriter, r *http.Request, add func(ctx context.Context, parent string, resource T) (*T, error)) (any, error) {
	var resource T
	if err := read(w, r, &resource); err != nil {
		return nil, err
	}
	return add(r.Context(), parent(r), resource)
}

// fields are those that a PATCH may change, and how each is taken from its body.
type fields[T any] map[string]func(resource, change *T)

// patch changes the fields of a resource that a request's mask names.
func patch[T any](w http.ResponseWriter, r *http.Request, update func(ctx context.Context, name string, change func(*T) error) (*T, error), known fields[T]) (any, error) {
	var change T
	if err := read(w, r, &change); err != nil {
		return nil, err
	}
	if err := checkMask(r, slices.Collect(maps.Keys(known))...); err != nil {
		return nil, err
	}
	return update(r.Context(), name(r), func(resource *T) error {
		for field, take := range known {
			if masked(r, field) {
				take(resource, &change)
			}
		}
		return nil
	})
}
