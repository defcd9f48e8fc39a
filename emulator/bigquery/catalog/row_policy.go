package catalog

import (
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// RowPolicy finds a row access policy of the table.
func (t *Table) RowPolicy(name string) (*bqv2.RowAccessPolicy, error) {
	for _, p := range t.RowPolicies {
		if p.RowAccessPolicyReference.PolicyId == name {
			return p, nil
		}
	}
	return nil, bqerror.NotFound("Row access policy", t.Ref.String()+"."+name)
}

// PutRowPolicy creates or replaces a row access policy.
func (tx *Tx) PutRowPolicy(ref Ref, p *bqv2.RowAccessPolicy) error {
	return tx.changeRowPolicies(ref, func(list []*bqv2.RowAccessPolicy) []*bqv2.RowAccessPolicy {
		return append(withoutPolicy(list, p.RowAccessPolicyReference.PolicyId), p)
	})
}

// DropRowPolicy removes a row access policy.
func (tx *Tx) DropRowPolicy(ref Ref, name string) error {
	t, err := tx.Table(ref)
	if err != nil {
		return err
	}
	if _, err := t.RowPolicy(name); err != nil {
		return err
	}
	return tx.changeRowPolicies(ref, func(list []*bqv2.RowAccessPolicy) []*bqv2.RowAccessPolicy { return withoutPolicy(list, name) })
}

func withoutPolicy(list []*bqv2.RowAccessPolicy, name string) []*bqv2.RowAccessPolicy {
	return slices.DeleteFunc(slices.Clone(list), func(p *bqv2.RowAccessPolicy) bool { return p.RowAccessPolicyReference.PolicyId == name })
}

func (tx *Tx) changeRowPolicies(ref Ref, change func([]*bqv2.RowAccessPolicy) []*bqv2.RowAccessPolicy) error {
	t, err := tx.ownTable(ref)
	if err != nil {
		return err
	}
	t.RowPolicies = change(t.RowPolicies)
	return tx.keepList("row_policies", t.ID, t.RowPolicies, ref.Project, ref.Dataset, ref.Table)
}
