package datapolicy

import (
	"net/http"

	"github.com/tallystream/tallystream/emulator/bigquery/governance"
)

func (h *Handler) listTaxonomies(_ http.ResponseWriter, r *http.Request) (any, error) {
	return page(r, "taxonomies", h.store.Taxonomies(parent(r)))
}

func (h *Handler) createTaxonomy(w http.ResponseWriter, r *http.Request) (any, error) {
	var t governance.Taxonomy
	if err := read(w, r, &t); err != nil {
		return nil, err
	}
	return h.store.CreateTaxonomy(r.Context(), parent(r), t)
}

func (h *Handler) getTaxonomy(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.store.Taxonomy(name(r))
}

func (h *Handler) patchTaxonomy(w http.ResponseWriter, r *http.Request) (any, error) {
	var change governance.Taxonomy
	if err := read(w, r, &change); err != nil {
		return nil, err
	}
	if err := checkMask(r, "displayName", "description", "activatedPolicyTypes"); err != nil {
		return nil, err
	}
	return h.store.UpdateTaxonomy(r.Context(), name(r), func(t *governance.Taxonomy) error {
		if masked(r, "displayName") {
			t.DisplayName = change.DisplayName
		}
		if masked(r, "description") {
			t.Description = change.Description
		}
		if masked(r, "activatedPolicyTypes") {
			t.ActivatedPolicyTypes = change.ActivatedPolicyTypes
		}
		return nil
	})
}

// deleteTaxonomy deletes a taxonomy, its tags, and what columns say of them.
func (h *Handler) deleteTaxonomy(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := h.engine.ForgetTags(r.Context(), h.store.Descendants(name(r))); err != nil {
		return nil, err
	}
	return struct{}{}, h.store.DeleteTaxonomy(r.Context(), name(r))
}

func (h *Handler) listTags(_ http.ResponseWriter, r *http.Request) (any, error) {
	list, err := h.store.Tags(parent(r))
	if err != nil {
		return nil, err
	}
	return page(r, "policyTags", list)
}

func (h *Handler) createTag(w http.ResponseWriter, r *http.Request) (any, error) {
	var t governance.PolicyTag
	if err := read(w, r, &t); err != nil {
		return nil, err
	}
	return h.store.CreateTag(r.Context(), parent(r), t)
}

func (h *Handler) getTag(_ http.ResponseWriter, r *http.Request) (any, error) {
	return h.store.Tag(name(r))
}

func (h *Handler) patchTag(w http.ResponseWriter, r *http.Request) (any, error) {
	var change governance.PolicyTag
	if err := read(w, r, &change); err != nil {
		return nil, err
	}
	if err := checkMask(r, "displayName", "description", "parentPolicyTag"); err != nil {
		return nil, err
	}
	return h.store.UpdateTag(r.Context(), name(r), func(t *governance.PolicyTag) error {
		if masked(r, "displayName") {
			t.DisplayName = change.DisplayName
		}
		if masked(r, "description") {
			t.Description = change.Description
		}
		if masked(r, "parentPolicyTag") {
			t.Parent = change.Parent
		}
		return nil
	})
}

// deleteTag deletes a tag, those below it, and what columns say of them.
func (h *Handler) deleteTag(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := h.engine.ForgetTags(r.Context(), h.store.Descendants(name(r))); err != nil {
		return nil, err
	}
	return struct{}{}, h.store.DeleteTag(r.Context(), name(r))
}
