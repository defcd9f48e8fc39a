package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/rewrite"
)

// maxColumnPolicies is how many data policies a column may have
// (https://cloud.google.com/bigquery/docs/column-data-masking#data-policies-on-column).
const maxColumnPolicies = 8

// checkPolicies refuses policy tags and data policies of a field that BigQuery doesn't take.
func (s *Store) checkPolicies(f *bqv2.TableFieldSchema) error {
	tagged := f.PolicyTags != nil && len(f.PolicyTags.Names) > 0
	switch {
	case !tagged && len(f.DataPolicies) == 0:
		return nil
	case len(f.Fields) > 0:
		return bqerror.Invalid("Policy tags can only be attached to a leaf field.")
	case tagged && len(f.DataPolicies) > 0:
		return bqerror.Invalid("Field %s has a policy tag and data policies: a field has one or the other", f.Name)
	case tagged && len(f.PolicyTags.Names) > 1:
		return bqerror.Invalid("Field %s has %d policy tags: a field has one at most", f.Name, len(f.PolicyTags.Names))
	case tagged:
		_, err := s.Governance.Tag(f.PolicyTags.Names[0])
		return err
	case len(f.DataPolicies) > maxColumnPolicies:
		return bqerror.Invalid("Field %s has %d data policies, more than %d", f.Name, len(f.DataPolicies), maxColumnPolicies)
	}
	for _, o := range f.DataPolicies {
		p, err := s.Governance.DataPolicy(o.Name)
		if err != nil {
			return err
		}
		if p.Version != governance.V2 {
			return bqerror.Invalid("Field %s: the data policy %s is one on a policy tag. A field has those of the version v2 of the API.", f.Name, o.Name)
		}
	}
	return nil
}

// The options data_policies = […] and data_policies += […] of a column. Each value names a policy,
// {'name': 'project.region-us.policy'} or without the braces.
const (
	setPolicies = "data_policies"
	addPolicies = rewrite.AddedPolicies
)

func setColumnPolicies(f *bqv2.TableFieldSchema, option string, v any) error {
	list, ok := v.([]any)
	if !ok && v != nil {
		return bqerror.Query("%s must be an array of strings", setPolicies)
	}
	if option == setPolicies {
		f.DataPolicies = nil
	}
	for _, e := range list {
		text, _ := e.(string)
		named := struct{ Name string }{text}
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			if err := json.Unmarshal([]byte(strings.ReplaceAll(text, "'", `"`)), &named); err != nil {
				return bqerror.Query("Invalid value of %s: %q. It is {'name': 'project.region-us.policy'}.", setPolicies, text)
			}
		}
		name, err := governance.ParseName(strings.Split(named.Name, "."), "")
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(f.DataPolicies, func(o *bqv2.DataPolicyOption) bool { return o.Name == name }) {
			f.DataPolicies = append(f.DataPolicies, &bqv2.DataPolicyOption{Name: name})
		}
	}
	return nil
}

// PolicyColumns are the columns that have a data policy, as project.dataset.table.column.
func (s *Store) PolicyColumns(policy string) []string {
	var list []string
	s.eachField(func(t *catalog.Table, f *bqv2.TableFieldSchema) {
		if slices.ContainsFunc(f.DataPolicies, func(o *bqv2.DataPolicyOption) bool { return o.Name == policy }) {
			list = append(list, strings.Replace(t.Ref.String(), ":", ".", 1)+"."+f.Name)
		}
	})
	return list
}

func (s *Store) eachField(do func(*catalog.Table, *bqv2.TableFieldSchema)) {
	for _, d := range s.Catalog.Datasets("") {
		for _, t := range d.Tables() {
			if t.Resource.Schema != nil {
				walkFields(t.Resource.Schema.Fields, func(f *bqv2.TableFieldSchema) { do(t, f) })
			}
		}
	}
}

func walkFields(fields []*bqv2.TableFieldSchema, do func(*bqv2.TableFieldSchema)) {
	for _, f := range fields {
		do(f)
		walkFields(f.Fields, do)
	}
}

// ForgetTags takes policy tags, which are about to be deleted, off the columns of all tables.
func (s *Store) ForgetTags(ctx context.Context, tags []string) error {
	has := func(f *bqv2.TableFieldSchema) bool {
		return f.PolicyTags != nil && slices.ContainsFunc(f.PolicyTags.Names, func(n string) bool { return slices.Contains(tags, n) })
	}
	tables := map[catalog.Ref]bool{}
	s.eachField(func(t *catalog.Table, f *bqv2.TableFieldSchema) {
		if has(f) {
			tables[t.Ref] = true
		}
	})
	for ref := range tables {
		_, err := s.UpdateTable(ctx, ref, func(r *bqv2.Table) error {
			walkFields(r.Schema.Fields, func(f *bqv2.TableFieldSchema) {
				if has(f) {
					f.PolicyTags = nil
				}
			})
			return nil
		})
		if err != nil && !bqerror.IsNotFound(err) {
			return err
		}
	}
	return nil
}
