// Package policy holds IAM policies: who has which role on which resource.
package policy

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Policy is an IAM policy (https://cloud.google.com/iam/docs/reference/rest/v1/Policy).
type Policy struct {
	Version  int       `json:"version"`
	Etag     string    `json:"etag"`
	Bindings []Binding `json:"bindings,omitempty"`
}

// Binding gives members a role. Members are allUsers, allAuthenticatedUsers, or a kind
// and an address like serviceAccount:bridge@p.iam.gserviceaccount.com.
type Binding struct {
	Role      string     `json:"role"`
	Members   []string   `json:"members"`
	Condition *Condition `json:"condition,omitempty"`
}

// Condition is what has to be true for a binding to hold: an expression of CEL.
type Condition struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Expression  string `json:"expression"`
}

// Policies are those of all resources of a cloud, by the resource's full name without a
// scheme: //run.googleapis.com/projects/p/locations/l/services/s, as
// https://cloud.google.com/iam/docs/full-resource-names has them.
type Policies struct {
	mu     sync.Mutex
	all    map[string]Policy
	custom map[string][]string // permissions of roles by name
}

// New returns no policies.
func New() *Policies { return &Policies{all: map[string]Policy{}, custom: map[string][]string{}} }

// Get is a resource's policy; one without bindings where none was set.
func (p *Policies) Get(resource string) Policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.get(resource)
}

func (p *Policies) get(resource string) Policy {
	policy, ok := p.all[resource]
	if !ok {
		policy = Policy{Version: 1}
	}
	policy.Etag = etag(policy)
	return policy
}

// Set replaces a resource's policy and returns it with its etag. A policy that names an
// etag replaces that one only: ABORTED where it was changed since. A role that isn't
// known, and a condition that can't be evaluated, is refused.
func (p *Policies) Set(resource string, policy Policy) (Policy, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.get(resource).Etag; policy.Etag != "" && policy.Etag != now {
		return Policy{}, status.Errorf(codes.Aborted, "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The request's ETag %s did not match the current policy's ETag %s.", policy.Etag, now)
	}
	if err := p.valid(policy); err != nil {
		return Policy{}, err
	}
	if policy.Version == 0 {
		policy.Version = 1
	}
	policy.Etag = ""
	p.all[resource] = policy
	return p.get(resource), nil
}

// Delete forgets the policy of a resource that is gone.
func (p *Policies) Delete(resource string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, resource)
}

// Bindings are those that name a member on one of some resources: a resource and what
// it is part of, whose policies it inherits. The member is one of its own, and one of
// allUsers; anonymous callers have the empty address.
func (p *Policies) Bindings(member string, resources ...string) []Binding {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []Binding
	for _, resource := range resources {
		for _, b := range p.all[resource].Bindings {
			if slices.ContainsFunc(b.Members, func(m string) bool {
				return m == "allUsers" || member != "" && (m == member || m == "allAuthenticatedUsers")
			}) {
				found = append(found, b)
			}
		}
	}
	return found
}

// etag tells one policy from another.
func etag(policy Policy) string {
	policy.Etag = ""
	b, _ := json.Marshal(policy) // such a struct always encodes
	sum := sha256.Sum256(b)
	// Of digits only: clients write a + or / of base64 in their own way.
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%x", sum[:6]))
}
