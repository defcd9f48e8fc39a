package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/governance"
)

// maxRowPolicies is how many row access policies a table may have
// (https://cloud.google.com/bigquery/quotas#row_level_security_limits).
const maxRowPolicies = 400

// PutRowPolicy creates a row access policy; replace lets it take the place of one of its
// name.
func (s *Store) PutRowPolicy(ctx context.Context, p *bqv2.RowAccessPolicy, replace bool) (*bqv2.RowAccessPolicy, error) {
	p = catalog.Clone(p)
	ref, err := s.checkRowPolicy(ctx, p)
	if err != nil {
		return nil, err
	}
	now := s.Now().UTC().Format(time.RFC3339Nano)
	p.CreationTime, p.LastModifiedTime, p.Etag = now, now, s.etag()
	err = s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(ref)
		if err != nil {
			return err
		}
		old, err := t.RowPolicy(p.RowAccessPolicyReference.PolicyId)
		switch {
		case err == nil && !replace:
			return bqerror.Duplicate("Row access policy", ref.String()+"."+p.RowAccessPolicyReference.PolicyId)
		case err == nil:
			p.CreationTime = old.CreationTime
		case len(t.RowPolicies) >= maxRowPolicies:
			return bqerror.Invalid("Table %s has %d row access policies, the most that a table may have", ref, maxRowPolicies)
		}
		return tx.PutRowPolicy(ref, p)
	})
	if err != nil {
		return nil, err
	}
	return catalog.Clone(p), nil
}

// RowPolicies lists the row access policies of a table by name.
func (s *Store) RowPolicies(_ context.Context, ref catalog.Ref) ([]*bqv2.RowAccessPolicy, error) {
	t, err := s.Catalog.Table(ref)
	if err != nil {
		return nil, err
	}
	var list []*bqv2.RowAccessPolicy
	for _, p := range t.RowPolicies {
		list = append(list, catalog.Clone(p))
	}
	slices.SortFunc(list, func(a, b *bqv2.RowAccessPolicy) int {
		return strings.Compare(a.RowAccessPolicyReference.PolicyId, b.RowAccessPolicyReference.PolicyId)
	})
	return list, nil
}

// DeleteRowPolicies deletes row access policies of a table, all or none of them.
func (s *Store) DeleteRowPolicies(ctx context.Context, ref catalog.Ref, names ...string) error {
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		for _, name := range names {
			if err := tx.DropRowPolicy(ref, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// policyID is the form of a row access policy's name
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/RowAccessPolicyReference).
var policyID = regexp.MustCompile(`^[A-Za-z0-9_]{1,256}$`)

// checkRowPolicy refuses a policy that can't be held to.
func (s *Store) checkRowPolicy(ctx context.Context, p *bqv2.RowAccessPolicy) (ref catalog.Ref, err error) {
	r := p.RowAccessPolicyReference
	if r == nil || r.PolicyId == "" {
		return ref, bqerror.Invalid("Required parameter is missing: rowAccessPolicyReference")
	}
	ref = catalog.Ref{Project: r.ProjectId, Dataset: r.DatasetId, Table: r.TableId}
	if !policyID.MatchString(r.PolicyId) {
		return ref, bqerror.Invalid("Invalid row access policy ID %q. It must be alphanumeric (plus underscores) and must be at most 256 characters long.", r.PolicyId)
	}
	t, err := s.Catalog.Table(ref)
	if err != nil {
		return ref, err
	}
	if t.Resource.Type != "TABLE" {
		return ref, bqerror.Invalid("A row access policy can't be created on %s, which is a %s", ref, t.Resource.Type)
	}
	if strings.TrimSpace(p.FilterPredicate) == "" {
		return ref, bqerror.Invalid("Required parameter is missing: filterPredicate")
	}
	for _, g := range p.Grantees {
		if err := checkGrantee(g); err != nil {
			return ref, err
		}
	}
	_, err = s.views.ViewSchema(ctx, ref.Project, RowFilter(ref, []string{"1"}, p.FilterPredicate))
	return ref, err
}

// RowFilter is the query for some columns of the rows of a table for which a condition holds.
func RowFilter(ref catalog.Ref, columns []string, condition string) string {
	return fmt.Sprintf("SELECT %s FROM `%s`.`%s`.`%s` WHERE %s", strings.Join(columns, ", "), ref.Project, ref.Dataset, ref.Table, condition)
}

// checkGrantee refuses whom a policy can't be granted to. The emulator knows no groups.
func checkGrantee(g string) error {
	kind, known := governance.MemberKind(g)
	switch {
	case known:
		return nil
	case kind == "group":
		return bqerror.Unsupported("The grantee %s of a row access policy", g)
	}
	return bqerror.Invalid("Invalid grantee %q: it must be allUsers, allAuthenticatedUsers, or begin with user:, serviceAccount:, group: or domain:", g)
}

// grants reports whether a policy is granted to a principal, such as user:a@b.c.
func grants(p *bqv2.RowAccessPolicy, principal string) bool {
	return slices.ContainsFunc(p.Grantees, func(g string) bool { return governance.Includes(g, principal) })
}

// RowCondition is the condition of the rows of a table that a principal sees: those of any
// policy that is granted to it, none where none is. "" is for all rows.
func RowCondition(t *catalog.Table, principal string) string {
	if SeesAll(t, principal) {
		return ""
	}
	conditions := []string{"FALSE"}
	for _, p := range t.RowPolicies {
		if grants(p, principal) {
			conditions = append(conditions, "("+p.FilterPredicate+"\n)")
		}
	}
	return strings.Join(conditions, " OR ")
}

// always is a condition that holds for each row.
var always = regexp.MustCompile(`(?i)^[\s(]*TRUE[\s)]*$`)

// SeesAll reports whether a principal sees all rows of a table: there are no policies, or one
// with the filter TRUE is granted to it
// (https://cloud.google.com/bigquery/docs/using-row-level-security-with-features#the_true_filter).
func SeesAll(t *catalog.Table, principal string) bool {
	return len(t.RowPolicies) == 0 || slices.ContainsFunc(t.RowPolicies, func(p *bqv2.RowAccessPolicy) bool {
		return grants(p, principal) && always.MatchString(p.FilterPredicate)
	})
}

// RefuseFiltered refuses what needs all rows of a table to a principal who doesn't see them.
func RefuseFiltered(t *catalog.Table, principal, what string) error {
	if SeesAll(t, principal) {
		return nil
	}
	return bqerror.Denied("Table", t.Ref.String(), fmt.Errorf("%s needs a row access policy with the filter TRUE, which isn't granted to %s", what, principal))
}
