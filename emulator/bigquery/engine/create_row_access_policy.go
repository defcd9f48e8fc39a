package engine

import (
	"context"
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (r *run) createRowPolicy(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	t, err := r.engine.Catalog.Table(ref)
	if err != nil {
		return err
	}
	res.DDLRowPolicy, res.DDLOperation = policyRef(ref, d.RowPolicy.Name), "CREATE"
	if _, err := t.RowPolicy(d.RowPolicy.Name); err == nil {
		if d.IfNotExists {
			res.DDLOperation = "SKIP"
			return nil
		}
		res.DDLOperation = "REPLACE"
	}
	p := &bqv2.RowAccessPolicy{RowAccessPolicyReference: res.DDLRowPolicy, FilterPredicate: d.RowPolicy.Filter, Grantees: d.RowPolicy.Grantees}
	_, err = r.engine.PutRowPolicy(ctx, p, d.Replace)
	return err
}

func policyRef(table TableRef, name string) *bqv2.RowAccessPolicyReference {
	return &bqv2.RowAccessPolicyReference{ProjectId: table.Project, DatasetId: table.Dataset, TableId: table.Table, PolicyId: name}
}

// dropRowPolicy drops the policy that the statement names, or all of the table.
func (r *run) dropRowPolicy(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLOperation = "DROP"
	if name := d.RowPolicy.Name; name != "" {
		res.DDLRowPolicy = policyRef(ref, name)
		if _, err = r.engine.Catalog.Table(ref); err != nil {
			return err
		}
		return unlessMissing(r.engine.DeleteRowPolicies(ctx, ref, name), d, res)
	}
	list, err := r.engine.RowPolicies(ctx, ref)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.RowAccessPolicyReference.PolicyId
	}
	res.DDLTarget, res.DDLPolicies = &ref, int64(len(list))
	return r.engine.DeleteRowPolicies(ctx, ref, names...)
}

// wholly refuses a statement about all rows of a table of which the caller may see some.
func wholly(s *resolved.Source, what string) error {
	if s.Restricted == nil || !s.Restricted.Rows {
		return nil
	}
	return bqerror.Denied("Table", s.Name, fmt.Errorf("%s needs a row access policy with the filter TRUE, which isn't granted to the caller", what))
}
