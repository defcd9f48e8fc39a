package rest

import (
	"context"
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

var insertRowPolicy = inserting(checkRowPolicy, createRowPolicy, replyRowPolicy)

// checkRowPolicy fills in the reference of a policy from the path, or checks it.
func checkRowPolicy(r *http.Request, p *bqv2.RowAccessPolicy) error {
	if p.RowAccessPolicyReference == nil {
		p.RowAccessPolicyReference = &bqv2.RowAccessPolicyReference{}
	}
	ref := p.RowAccessPolicyReference
	if err := agreeDataset(r, &ref.ProjectId, &ref.DatasetId); err != nil {
		return err
	}
	if err := agree(&ref.TableId, r.PathValue("tableId")); err != nil {
		return err
	}
	return agreeID(r, "rowAccessPolicyReference", "policyId", &ref.PolicyId)
}

func createRowPolicy(e engine.API, ctx context.Context, p *bqv2.RowAccessPolicy) (*bqv2.RowAccessPolicy, error) {
	return e.PutRowPolicy(ctx, p, false)
}

// replyRowPolicy tells all of a policy but to whom it is granted, which its IAM policy has.
func replyRowPolicy(w http.ResponseWriter, _ *http.Request, p *bqv2.RowAccessPolicy) error {
	p.Grantees = nil
	return wire.Reply(w, p)
}

// findRowPolicy finds the policy that a request names.
func findRowPolicy(h *Handler, r *http.Request, id string) (*bqv2.RowAccessPolicy, error) {
	list, err := h.engine.RowPolicies(r.Context(), pathTable(r))
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.RowAccessPolicyReference.PolicyId == id {
			return p, nil
		}
	}
	return nil, bqerror.NotFound("Row access policy", pathTable(r).String()+"."+id)
}

func getRowPolicy(h *Handler, w http.ResponseWriter, r *http.Request) error {
	p, err := findRowPolicy(h, r, r.PathValue("policyId"))
	if err != nil {
		return err
	}
	return replyRowPolicy(w, r, p)
}

func updateRowPolicy(h *Handler, w http.ResponseWriter, r *http.Request) error {
	p, err := read(w, r, checkRowPolicy)
	if err != nil {
		return err
	}
	old, err := findRowPolicy(h, r, r.PathValue("policyId"))
	if err != nil {
		return err
	}
	if err := wire.MatchEtag(r, old.Etag); err != nil {
		return err
	}
	out, err := h.engine.PutRowPolicy(r.Context(), p, true)
	if err != nil {
		return err
	}
	return replyRowPolicy(w, r, out)
}

func listRowPolicies(h *Handler, w http.ResponseWriter, r *http.Request) error {
	all, err := h.engine.RowPolicies(r.Context(), pathTable(r))
	if err != nil {
		return err
	}
	from, to, next, err := wire.WindowOf(r, "pageSize", len(all), 1000)
	if err != nil {
		return err
	}
	for _, p := range all {
		p.Grantees = nil
	}
	return wire.Reply(w, &bqv2.ListRowAccessPoliciesResponse{RowAccessPolicies: all[from:to], NextPageToken: next})
}

// deleteRowPolicy deletes a policy; to delete the last one takes force.
func deleteRowPolicy(h *Handler, w http.ResponseWriter, r *http.Request) error {
	return dropRowPolicies(h, w, r, r.URL.Query().Get("force") == "true", r.PathValue("policyId"))
}

func deleteRowPolicies(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var req bqv2.BatchDeleteRowAccessPoliciesRequest
	if err := wire.Decode(w, r, &req); err != nil {
		return err
	}
	if len(req.PolicyIds) == 0 {
		return wire.Required("policyIds")
	}
	return dropRowPolicies(h, w, r, req.Force, req.PolicyIds...)
}

func dropRowPolicies(h *Handler, w http.ResponseWriter, r *http.Request, force bool, ids ...string) error {
	list, err := h.engine.RowPolicies(r.Context(), pathTable(r))
	if err != nil {
		return err
	}
	if len(list) > 0 && len(ids) >= len(list) && !force {
		return wire.Invalid("The last row access policy of table %s is deleted only with force=true: all of its rows can be seen then", pathTable(r))
	}
	if err := h.engine.DeleteRowPolicies(r.Context(), pathTable(r), ids...); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// rowPolicyAction serves getIamPolicy, which tells to whom a policy is granted, and
// testIamPermissions.
func rowPolicyAction(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var found *bqv2.RowAccessPolicy
	return policyActionWith(h, w, r, r.PathValue("policyId"), func(id string) (err error) {
		found, err = findRowPolicy(h, r, id)
		return err
	}, func() *bqv2.Policy {
		return &bqv2.Policy{Etag: found.Etag, Version: 1, Bindings: []*bqv2.Binding{{Role: "roles/bigquery.filteredDataViewer", Members: found.Grantees}}}
	})
}
