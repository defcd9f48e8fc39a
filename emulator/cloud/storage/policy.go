package storage

import (
	"net/http"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// FullName is the name under which a bucket has its policy.
func FullName(bucket string) string { return "//storage.googleapis.com/projects/_/buckets/" + bucket }

// bucketPolicy is a policy in the form of the JSON API.
type bucketPolicy struct {
	Kind       string `json:"kind,omitempty"`
	ResourceID string `json:"resourceId,omitempty"`
	policy.Policy
}

func (s *Service) getPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "optionsRequestedPolicyVersion"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	return answerPolicy(b, s.policies.Get(FullName(b.Name))), nil
}

func answerPolicy(b *bucket, p policy.Policy) bucketPolicy {
	return bucketPolicy{"storage#policy", "projects/_/buckets/" + b.Name, p}
}

func (s *Service) setPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r); err != nil {
		return nil, err
	}
	var wanted bucketPolicy
	if err := api.Read(r, &wanted); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	set, err := s.policies.Set(FullName(b.Name), wanted.Policy)
	if err != nil {
		return nil, err
	}
	return answerPolicy(b, set), nil
}
