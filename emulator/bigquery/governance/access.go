package governance

import (
	"net/http"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The hosts of the APIs whose resources have policies.
const (
	catalogHost    = "datacatalog.googleapis.com"
	dataPolicyHost = "bigquerydatapolicy.googleapis.com"
)

// Access is what a caller gets of a column: its values, unless one of the fields is set.
type Access struct {
	Mask *DataPolicy // whose rule masks the values
	Err  error       // for which nothing is read
}

// Access is what a caller, such as user:ann@example.com, gets of a field of a table. Column is its
// full name, as messages say it.
func (s *Store) Access(caller string, f *bqv2.TableFieldSchema, column string) Access {
	st := s.state.Load()
	if len(f.DataPolicies) > 0 {
		return s.byPolicies(st, caller, f, column)
	}
	if f.PolicyTags != nil {
		for _, tag := range f.PolicyTags.Names {
			if a := s.byTag(st, caller, tag, column); a != (Access{}) {
				return a
			}
		}
	}
	return Access{}
}

// byTag looks at a tag and at those above it: the first on which the caller has a role decides
// (https://cloud.google.com/bigquery/docs/column-data-masking-intro#auth-inheritance).
func (s *Store) byTag(st *state, caller, tag, column string) Access {
	taxonomy := st.taxonomies[taxonomyOf(tag)]
	if taxonomy == nil || st.tags[tag] == nil {
		return s.byUnknown(caller, tag, column)
	}
	if len(taxonomy.ActivatedPolicyTypes) == 0 && !st.governed(taxonomy.Name) {
		return Access{}
	}
	for _, t := range st.chain(tag) {
		if s.has(st, caller, fineGrainedGet, catalogHost, t.Name) {
			return Access{}
		}
		if mask := s.masked(st, caller, func(p *DataPolicy) bool { return p.PolicyTag == t.Name }); mask != nil {
			return Access{Mask: mask}
		}
	}
	if s.has(st, caller, fineGrainedGet, catalogHost, taxonomy.Name) || s.inherits(caller, fineGrainedGet, taxonomy.Name) {
		return Access{}
	}
	return denied("policy tag", taxonomy.DisplayName+" : "+st.tags[tag].DisplayName, column)
}

// byUnknown is for a tag of no taxonomy here: whoever gives permissions elsewhere says of it too.
func (s *Store) byUnknown(caller, tag, column string) Access {
	if s.Authorize == nil || s.Authorize(caller, fineGrainedGet, tag) == nil {
		return Access{}
	}
	return denied("policy tag", tag, column)
}

// masked is the policy by whose rule a caller reads, nil for none.
func (s *Store) masked(st *state, caller string, of func(*DataPolicy) bool) *DataPolicy {
	var found *DataPolicy
	for _, name := range sortedNames(st.policies) {
		p := st.policies[name]
		if p.Type != MaskingType || !of(p) || found != nil && rank(found) <= rank(p) {
			continue
		}
		if p.grants(caller) || s.has(st, caller, maskedGet, dataPolicyHost, name) || s.inherits(caller, maskedGet, name) {
			found = p
		}
	}
	return found
}

// grants reports whether a caller is among the grantees.
func (p *DataPolicy) grants(caller string) bool {
	return slices.ContainsFunc(p.Grantees, func(g string) bool {
		m, err := member(g)
		return err == nil && Includes(m, caller)
	})
}

// byPolicies looks at the data policies of a column: one for raw access goes before those that mask.
func (s *Store) byPolicies(st *state, caller string, f *bqv2.TableFieldSchema, column string) Access {
	var names []string
	for _, o := range f.DataPolicies {
		names = append(names, o.Name)
		if p := st.policies[o.Name]; p != nil && p.Type == RawAccessType && p.grants(caller) {
			return Access{}
		}
	}
	if mask := s.masked(st, caller, func(p *DataPolicy) bool { return slices.Contains(names, p.Name) }); mask != nil {
		return Access{Mask: mask}
	}
	return denied("data policies", strings.Join(names, ", "), column)
}

func denied(kind, name, column string) Access {
	return Access{Err: &bqerror.Error{Code: http.StatusForbidden, Reason: "accessDenied", Message: "Access Denied: BigQuery BigQuery: " +
		"User has neither fine-grained reader nor masked get permission to get data protected by " + kind + " \"" + name + "\" on column " + column + "."}}
}

// Unmasked is the error of a caller who gets a masked column where only its values will do
// (https://cloud.google.com/bigquery/docs/column-data-masking-intro#compatibility).
func Unmasked(p *DataPolicy, column string) error {
	return &bqerror.Error{Code: http.StatusForbidden, Reason: "accessDenied", Message: "Access Denied: BigQuery BigQuery: " +
		"User does not have fine-grained reader permission on column " + column + ", which the data policy " + p.Name + " masks: this needs its values."}
}
