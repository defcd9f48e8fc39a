package governance

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The types of data policies.
const (
	MaskingType   = "DATA_MASKING_POLICY"
	ColumnType    = "COLUMN_LEVEL_SECURITY_POLICY" // of policy tags
	RawAccessType = "RAW_DATA_ACCESS_POLICY"       // of columns
)

// The versions of data policies: those on policy tags, and those on columns.
const (
	V1 = "V1"
	V2 = "V2"
)

// DataPolicy is the BigQuery Data Policy API's, of both versions
// (https://cloud.google.com/bigquery/docs/reference/bigquerydatapolicy/rest/v2/projects.locations.dataPolicies).
type DataPolicy struct {
	Name         string   `json:"name,omitempty"`
	DataPolicyID string   `json:"dataPolicyId,omitempty"`
	Type         string   `json:"dataPolicyType,omitempty"`
	PolicyTag    string   `json:"policyTag,omitempty"` // of V1
	Masking      *Masking `json:"dataMaskingPolicy,omitempty"`
	Etag         string   `json:"etag,omitempty"`     // of V2
	Grantees     []string `json:"grantees,omitempty"` // of V2, like principal://goog/subject/ann@example.com
	Version      string   `json:"version,omitempty"`
}

// Masking is a rule: one of its fields is set.
type Masking struct {
	Predefined string `json:"predefinedExpression,omitempty"`
	Routine    string `json:"routine,omitempty"` // projects/p/datasets/d/routines/r
}

// The predefined rules.
const (
	sha256Rule     = "SHA256"
	alwaysNull     = "ALWAYS_NULL"
	defaultValue   = "DEFAULT_MASKING_VALUE"
	lastFour       = "LAST_FOUR_CHARACTERS"
	firstFour      = "FIRST_FOUR_CHARACTERS"
	emailMask      = "EMAIL_MASK"
	dateYearMask   = "DATE_YEAR_MASK"
	randomHash     = "RANDOM_HASH"
	customRule     = "" // a routine's
	maxTagPolicies = 9  // of a policy tag
)

// hierarchy is which rule holds where a caller may read by several
// (https://cloud.google.com/bigquery/docs/column-data-masking-intro#masking-rule-hierarchy).
var hierarchy = []string{customRule, randomHash, sha256Rule, emailMask, lastFour, firstFour, dateYearMask, defaultValue, alwaysNull}

// rank is a policy's place in the hierarchy, the least holds.
func rank(p *DataPolicy) int { return slices.Index(hierarchy, p.Masking.Predefined) }

var dataPolicyID = regexp.MustCompile(`^[A-Za-z0-9_]{1,256}$`)

// DataPolicies are those of a location.
func (s *Store) DataPolicies(location string) []*DataPolicy {
	list := below(s.state.Load().policies, location+"/dataPolicies")
	if list == nil {
		list = []*DataPolicy{}
	}
	return list
}

// DataPolicy finds a data policy by its name.
func (s *Store) DataPolicy(name string) (*DataPolicy, error) {
	if p := s.state.Load().policies[name]; p != nil {
		return p, nil
	}
	return nil, bqerror.NotFound("Data policy", name)
}

// check refuses a data policy that can't be held to.
func (st *state) check(p *DataPolicy) error {
	if !dataPolicyID.MatchString(p.DataPolicyID) {
		return bqerror.Invalid("Invalid dataPolicyId %q: it has letters, numbers and underscores, at most 256", p.DataPolicyID)
	}
	allowed := []string{MaskingType, RawAccessType}
	if p.Version == V1 {
		allowed = []string{MaskingType, ColumnType}
	}
	switch {
	case !slices.Contains(allowed, p.Type):
		return bqerror.Invalid("Invalid value for dataPolicyType: %q. It is one of %s.", p.Type, strings.Join(allowed, ", "))
	case p.Type == MaskingType && (p.Masking == nil || (p.Masking.Predefined == "") == (p.Masking.Routine == "")):
		return bqerror.Invalid("Required parameter is missing: dataMaskingPolicy, with one of predefinedExpression and routine")
	case p.Type != MaskingType && p.Masking != nil:
		return bqerror.Invalid("dataMaskingPolicy is not allowed for a data policy of the type %s", p.Type)
	case p.Masking != nil && !slices.Contains(hierarchy, p.Masking.Predefined):
		return bqerror.Invalid("Invalid value for predefinedExpression: %q", p.Masking.Predefined)
	case p.Masking != nil && p.Masking.Routine != "" && !routineName.MatchString(p.Masking.Routine):
		return bqerror.Invalid("Invalid value for routine: %q. It is projects/*/datasets/*/routines/*.", p.Masking.Routine)
	case p.Masking != nil && p.Masking.Routine != "" && projectOf(p.Masking.Routine) != projectOf(p.Name):
		return bqerror.Invalid("The routine %s isn't in the project of the data policy %s", p.Masking.Routine, p.Name)
	}
	if p.Version == V1 {
		return st.checkTagged(p)
	}
	for _, g := range p.Grantees {
		if _, err := member(g); err != nil {
			return err
		}
	}
	return nil
}

// checkTagged refuses what a policy on a policy tag can't be.
func (st *state) checkTagged(p *DataPolicy) error {
	if p.Masking != nil && p.Masking.Predefined == randomHash {
		return bqerror.Invalid("RANDOM_HASH is only for data policies on columns, of the version v2 of the API")
	}
	if st.tags[p.PolicyTag] == nil {
		return bqerror.NotFound("Policy tag", p.PolicyTag)
	}
	if locationOf(p.PolicyTag) != locationOf(p.Name) {
		return bqerror.Invalid("The policy tag %s isn't in the project and the location of the data policy %s", p.PolicyTag, p.Name)
	}
	count := 0
	for _, other := range st.policies {
		if other.PolicyTag != p.PolicyTag {
			continue
		}
		count++
		if other.Name != p.Name && p.Type == other.Type && (p.Type == ColumnType || p.Masking.Routine != "" && other.Masking.Routine != "") {
			return bqerror.Duplicate("Data policy", other.Name+", of which a policy tag has one of its kind")
		}
	}
	if count > maxTagPolicies {
		return bqerror.Invalid("The policy tag %s has %d data policies, the most that a tag may have", p.PolicyTag, maxTagPolicies)
	}
	return nil
}

var routineName = regexp.MustCompile(`^projects/([^/]+)/datasets/([^/]+)/routines/([^/]+)$`)

// PutDataPolicy makes a data policy in a location; replace lets it take the place of one of its id.
func (s *Store) PutDataPolicy(ctx context.Context, location string, p DataPolicy, replace bool) (*DataPolicy, error) {
	p.Name = location + "/dataPolicies/" + p.DataPolicyID
	if p.Version == V2 {
		p.Etag = newID()
	}
	return &p, s.change(ctx, func(st *state) error {
		for name, other := range st.policies { // ids are unique within a project
			if other.DataPolicyID == p.DataPolicyID && projectOf(name) == projectOf(p.Name) && (name != p.Name || !replace) {
				return bqerror.Duplicate("Data policy", name)
			}
		}
		if old := st.policies[p.Name]; old != nil {
			if err := sameKind(old, &p); err != nil {
				return err
			}
			delete(st.iam, p.Name) // nobody has been granted the new one
		}
		st.policies[p.Name] = &p
		return st.check(&p)
	})
}

// projectOf is projects/p of the name of a resource.
func projectOf(name string) string {
	parts := strings.SplitN(name, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func sameKind(old, p *DataPolicy) error {
	if old.Version != p.Version {
		return bqerror.Invalid("The data policy %s is of the version %s of the API, and is changed there only", old.Name, old.Version)
	}
	if old.Type != p.Type {
		return bqerror.Invalid("The dataPolicyType of %s can't change from %s", old.Name, old.Type)
	}
	return nil
}

// UpdateDataPolicy puts what change makes of a data policy in its place.
func (s *Store) UpdateDataPolicy(ctx context.Context, name string, change func(*DataPolicy) error) (*DataPolicy, error) {
	var out *DataPolicy
	err := s.change(ctx, func(st *state) error {
		old, p, err := changed(st.policies, "Data policy", name, change)
		if err != nil {
			return err
		}
		if err := sameKind(old, p); err != nil {
			return err
		}
		delete(st.policies, name)
		p.Name = locationOf(name) + "/dataPolicies/" + p.DataPolicyID
		if st.policies[p.Name] != nil {
			return bqerror.Duplicate("Data policy", p.Name)
		}
		if p.Version == V2 {
			p.Etag = newID()
		}
		st.policies[p.Name], out = p, p
		if grants := st.iam[name]; grants != nil && p.Name != name {
			delete(st.iam, name)
			st.iam[p.Name] = grants
		}
		return st.check(p)
	})
	return out, err
}

// DeleteDataPolicy deletes a data policy.
func (s *Store) DeleteDataPolicy(ctx context.Context, name string) error {
	return s.change(ctx, func(st *state) error {
		if st.policies[name] == nil {
			return bqerror.NotFound("Data policy", name)
		}
		delete(st.policies, name)
		delete(st.iam, name)
		return nil
	})
}
