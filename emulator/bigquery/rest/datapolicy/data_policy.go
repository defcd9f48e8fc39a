package datapolicy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// version is the version of the API that a request is for.
func version(r *http.Request) string { return strings.ToUpper(r.PathValue("version")) }

// shown is a policy as a version of the API has it: the first knows no grantees.
func shown(r *http.Request, p *governance.DataPolicy) *governance.DataPolicy {
	if version(r) == governance.V2 {
		return p
	}
	c := *p
	c.Etag, c.Grantees, c.Version = "", nil, ""
	return &c
}

// reply is what a change answers with.
func reply(r *http.Request, p *governance.DataPolicy, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return shown(r, p), nil
}

func (h *Handler) listPolicies(_ http.ResponseWriter, r *http.Request) (any, error) {
	list := h.store.DataPolicies(parent(r))
	for i, p := range list {
		list[i] = shown(r, p)
	}
	return page(r, "dataPolicies", list)
}

func (h *Handler) getPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	p, err := h.store.DataPolicy(name(r))
	return reply(r, p, err)
}

// createPolicy makes a policy: on a policy tag in the first version of the API, on columns in the second.
func (h *Handler) createPolicy(w http.ResponseWriter, r *http.Request) (any, error) {
	var p governance.DataPolicy
	if version(r) == governance.V1 {
		if err := read(w, r, &p); err != nil {
			return nil, err
		}
		if err := onlyV2(&p); err != nil {
			return nil, err
		}
	} else {
		var req struct {
			ID     string                 `json:"dataPolicyId"`
			Policy *governance.DataPolicy `json:"dataPolicy"`
		}
		if err := read(w, r, &req); err != nil {
			return nil, err
		}
		if req.Policy == nil {
			return nil, wire.Required("dataPolicy")
		}
		if req.Policy.PolicyTag != "" {
			return nil, wire.Invalid("policyTag is for data policies of the version v1 of the API")
		}
		p = *req.Policy
		p.DataPolicyID = req.ID
	}
	p.Version = version(r)
	made, err := h.engine.PutDataPolicy(r.Context(), parent(r), p, false)
	return reply(r, made, err)
}

func onlyV2(p *governance.DataPolicy) error {
	if p.Etag != "" || len(p.Grantees) > 0 || p.Version != "" {
		return wire.Invalid("etag, grantees and version are fields of the version v2 of the API")
	}
	return nil
}

func (h *Handler) patchPolicy(w http.ResponseWriter, r *http.Request) (any, error) {
	var change governance.DataPolicy
	if err := read(w, r, &change); err != nil {
		return nil, err
	}
	known := []string{"dataPolicyType", "dataMaskingPolicy", "dataPolicyId", "policyTag"}
	if version(r) == governance.V2 {
		known = []string{"dataPolicyType", "dataMaskingPolicy", "grantees"}
	}
	if err := checkMask(r, known...); err != nil {
		return nil, err
	}
	p, err := h.engine.UpdateDataPolicy(r.Context(), name(r), func(p *governance.DataPolicy) error {
		if p.Version != version(r) {
			return wire.Invalid("The data policy %s is of the version %s of the API, and is changed there only", p.Name, strings.ToLower(p.Version))
		}
		if change.Etag != "" && change.Etag != p.Etag {
			return wire.Errorf(http.StatusConflict, "aborted", "The data policy %s has changed: its etag is another", p.Name)
		}
		update(r, p, &change)
		return nil
	})
	return reply(r, p, err)
}

// update takes over the fields of a change. Those without a mask are taken where they are set.
func update(r *http.Request, p, change *governance.DataPolicy) {
	named := r.URL.Query().Has("updateMask") || r.URL.Query().Has("update_mask")
	takes := func(field string, set bool) bool { return named && masked(r, field) || !named && set }
	if takes("dataPolicyType", change.Type != "") {
		p.Type = change.Type
	}
	if takes("dataMaskingPolicy", change.Masking != nil) {
		p.Masking = change.Masking
	}
	if takes("dataPolicyId", change.DataPolicyID != "") && version(r) == governance.V1 {
		p.DataPolicyID = change.DataPolicyID
	}
	if takes("policyTag", change.PolicyTag != "") && version(r) == governance.V1 {
		p.PolicyTag = change.PolicyTag
	}
	if takes("grantees", change.Grantees != nil) && version(r) == governance.V2 {
		p.Grantees = change.Grantees
	}
}

func (h *Handler) deletePolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	if _, err := h.store.DataPolicy(name(r)); err != nil {
		return nil, err
	}
	return struct{}{}, h.engine.DeleteDataPolicy(r.Context(), name(r))
}

// policyAction serves what is written behind a colon.
func (h *Handler) policyAction(w http.ResponseWriter, r *http.Request) (any, error) {
	switch _, verb, _ := strings.Cut(r.PathValue("id"), ":"); {
	case verb == "rename" && version(r) == governance.V1:
		return h.rename(w, r)
	case verb == "addGrantees" && version(r) == governance.V2:
		return h.grant(w, r, func(list []string, g string) []string {
			if slices.Contains(list, g) {
				return list
			}
			return append(list, g)
		})
	case verb == "removeGrantees" && version(r) == governance.V2:
		return h.grant(w, r, func(list []string, g string) []string {
			return slices.DeleteFunc(list, func(have string) bool { return have == g })
		})
	}
	return h.action(w, r)
}

func (h *Handler) rename(w http.ResponseWriter, r *http.Request) (any, error) {
	var req struct {
		ID string `json:"newDataPolicyId"`
	}
	if err := read(w, r, &req); err != nil {
		return nil, err
	}
	if columns := h.engine.PolicyColumns(name(r)); len(columns) > 0 {
		return nil, wire.Invalid("Data policy %s is on the column %s: take it off before it is renamed", name(r), columns[0])
	}
	p, err := h.engine.UpdateDataPolicy(r.Context(), name(r), func(p *governance.DataPolicy) error {
		p.DataPolicyID = req.ID
		return nil
	})
	return reply(r, p, err)
}

// grant changes the grantees of a policy by each that a request names.
func (h *Handler) grant(w http.ResponseWriter, r *http.Request, change func(list []string, grantee string) []string) (any, error) {
	var req struct {
		Grantees []string `json:"grantees"`
	}
	if err := read(w, r, &req); err != nil {
		return nil, err
	}
	p, err := h.engine.UpdateDataPolicy(r.Context(), name(r), func(p *governance.DataPolicy) error {
		p.Grantees = slices.Clone(p.Grantees)
		for _, g := range req.Grantees {
			p.Grantees = change(p.Grantees, g)
		}
		return nil
	})
	return reply(r, p, err)
}
