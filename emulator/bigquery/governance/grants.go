package governance

import (
	"context"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The permissions that reading a column needs, one of them.
const (
	fineGrainedGet = "datacatalog.categories.fineGrainedGet" // its values
	maskedGet      = "bigquery.dataPolicies.maskedGet"       // masked ones
)

// roles are those that include them, and no other role does
// (https://cloud.google.com/iam/docs/roles-permissions/datacatalog).
var roles = map[string]string{
	"roles/datacatalog.categoryFineGrainedReader": fineGrainedGet,
	"roles/bigquerydatapolicy.maskedReader":       maskedGet,
}

// IAMPolicy is that of a taxonomy, a policy tag or a data policy.
type IAMPolicy struct {
	Version  int       `json:"version,omitempty"`
	Etag     string    `json:"etag,omitempty"`
	Bindings []Binding `json:"bindings,omitempty"`
}

// Binding grants a role to members, like user:ann@example.com.
type Binding struct {
	Role    string   `json:"role,omitempty"`
	Members []string `json:"members,omitempty"`
}

// exists reports whether there is a resource that may have a policy.
func (st *state) exists(resource string) bool {
	return st.taxonomies[resource] != nil || st.tags[resource] != nil || st.policies[resource] != nil
}

// IAMPolicy is the policy of a resource.
func (s *Store) IAMPolicy(resource string) (*IAMPolicy, error) {
	st := s.state.Load()
	if !st.exists(resource) {
		return nil, bqerror.NotFound("Resource", resource)
	}
	if p := st.iam[resource]; p != nil {
		return p, nil
	}
	return &IAMPolicy{Version: 1, Etag: "ACAB"}, nil
}

// SetIAMPolicy sets the policy of a resource. A policy with an etag takes the place of that one only.
func (s *Store) SetIAMPolicy(ctx context.Context, resource string, p IAMPolicy) (*IAMPolicy, error) {
	was, err := s.IAMPolicy(resource)
	if err != nil {
		return nil, err
	}
	if p.Etag != "" && p.Etag != was.Etag {
		return nil, &bqerror.Error{Code: 409, Reason: "aborted", Message: "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."}
	}
	for _, b := range p.Bindings {
		if roles[b.Role] == "" {
			return nil, bqerror.Invalid("Role %s is not supported for this resource: the emulator knows roles/datacatalog.categoryFineGrainedReader and roles/bigquerydatapolicy.maskedReader", b.Role)
		}
		for _, m := range b.Members {
			if err := checkMember(m); err != nil {
				return nil, err
			}
		}
	}
	p.Version, p.Etag = 1, newID()
	return &p, s.change(ctx, func(st *state) error {
		st.iam[resource] = &p
		return nil
	})
}

// checkMember refuses whom a role can't be granted to. The emulator knows no groups.
func checkMember(m string) error {
	kind, known := MemberKind(m)
	switch {
	case known:
		return nil
	case kind == "group":
		return bqerror.Unsupported("The member %s of a policy", m)
	}
	return bqerror.Invalid("Invalid member %q: it must be allUsers, allAuthenticatedUsers, or begin with user:, serviceAccount: or domain:", m)
}

// MemberKind is what a member is, like user, and whether the emulator knows members of the kind.
func MemberKind(m string) (kind string, known bool) {
	kind, name, ok := strings.Cut(m, ":")
	return kind, isAnyone(m) || ok && name != "" && slices.Contains([]string{"user", "serviceAccount", "domain"}, kind)
}

func isAnyone(m string) bool { return m == "allUsers" || m == "allAuthenticatedUsers" }

// Includes reports whether a member of a policy is, or includes, a caller such as user:a@b.c.
func Includes(member, caller string) bool {
	_, domain, _ := strings.Cut(caller, "@")
	return isAnyone(member) || strings.EqualFold(member, caller) || strings.EqualFold(member, "domain:"+domain)
}

// principals are the forms of https://cloud.google.com/iam/docs/principal-identifiers#v2, and the members that they are.
var principals = []struct{ prefix, kind string }{
	{"principal://goog/subject/", "user:"}, {"principal://iam.googleapis.com/projects/-/serviceAccounts/", "serviceAccount:"},
}

// member is a grantee of a data policy as policies name it.
func member(grantee string) (string, error) {
	if grantee == "principalSet://goog/public:all" {
		return "allUsers", nil
	}
	for _, p := range principals {
		if name, ok := strings.CutPrefix(grantee, p.prefix); ok && name != "" {
			return p.kind + name, nil
		}
	}
	if strings.HasPrefix(grantee, "principalSet://") {
		return "", bqerror.Unsupported("The grantee %s of a data policy", grantee)
	}
	return "", bqerror.Invalid("Invalid grantee %q: it must be principal://goog/subject/EMAIL, "+
		"principal://iam.googleapis.com/projects/-/serviceAccounts/EMAIL or principalSet://goog/public:all", grantee)
}

// has reports whether the policy of a resource itself gives a caller a permission. Host is that of its API.
func (s *Store) has(st *state, caller, permission, host, resource string) bool {
	if s.Authorize != nil {
		return s.Authorize(caller, permission, "//"+host+"/"+resource) == nil
	}
	p := st.iam[resource]
	return p != nil && slices.ContainsFunc(p.Bindings, func(b Binding) bool {
		return roles[b.Role] == permission && slices.ContainsFunc(b.Members, func(m string) bool { return Includes(m, caller) })
	})
}

// inherits reports whether the policy of a project gives a caller a permission on what it has.
func (s *Store) inherits(caller, permission, resource string) bool {
	return s.Authorize != nil && s.Authorize(caller, permission, projectOf(resource)) == nil
}
