// Package secretmanager is Secret Manager's API of version 1, with the secrets in memory:
// secrets, their versions and their IAM policies
// (https://cloud.google.com/secret-manager/docs/reference/rest). It has no regional
// secrets, rotation, expiry, aliases, topics and keys of one's own; they are refused by name.
package secretmanager

import (
	"net/http"
	"regexp"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// Limits of https://cloud.google.com/secret-manager/quotas and of the reference.
const (
	maxPayload  = 64 << 10 // bytes
	maxLabels   = 64
	maxPageSize = 25000
)

var secretID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// Service has the secrets of all projects. It is an http.Handler.
type Service struct {
	*api.Router
	policies *policy.Policies
	now      func() time.Time

	mu      sync.Mutex
	secrets map[string]*secret // by name: projects/P/secrets/S
}

// secret is a secret with its versions, the n-th of which has the number n+1.
type secret struct {
	Name        string            `json:"name"`
	Replication replication       `json:"replication"`
	CreateTime  string            `json:"createTime"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Etag        string            `json:"etag"`

	versions []*version
}

// replication is where a secret is kept. Here it is one place, whatever it says.
type replication struct {
	Automatic   *struct{} `json:"automatic,omitempty"`
	UserManaged *struct {
		Replicas []struct {
			Location string `json:"location"`
		} `json:"replicas"`
	} `json:"userManaged,omitempty"`
}

// New returns a service without secrets.
func New(policies *policy.Policies) *Service {
	s := &Service{Router: api.NewRouter(), policies: policies, now: time.Now, secrets: map[string]*secret{}}
	const secrets = "/v1/projects/{project}/secrets"
	for pattern, m := range map[string]api.Method{
		"POST " + secrets:                                          s.create,
		"GET " + secrets:                                           s.list,
		"GET " + secrets + "/{secret}":                             s.get,
		"PATCH " + secrets + "/{secret}":                           s.patch,
		"DELETE " + secrets + "/{secret}":                          s.delete,
		"POST " + secrets + "/{secret}:addVersion":                 s.addVersion,
		"GET " + secrets + "/{secret}/versions":                    s.listVersions,
		"GET " + secrets + "/{secret}/versions/{version}":          s.getVersion,
		"GET " + secrets + "/{secret}/versions/{version}:access":   s.access,
		"POST " + secrets + "/{secret}/versions/{version}:enable":  s.setState(enabled),
		"POST " + secrets + "/{secret}/versions/{version}:disable": s.setState(disabled),
		"POST " + secrets + "/{secret}/versions/{version}:destroy": s.setState(destroyed),
	} {
		s.Handle(pattern, api.Locked(&s.mu, m))
	}
	policies.Serve(s.Router, secrets+"/{secret}", func(r *http.Request) (string, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		found, err := s.find(r)
		if err != nil {
			return "", err
		}
		return FullName(found.Name), nil
	})
	return s
}

// FullName is the name under which a secret has its policy, of projects/P/secrets/S.
func FullName(secret string) string { return "//secretmanager.googleapis.com/" + secret }

// find is the secret that a request's path names.
func (s *Service) find(r *http.Request) (*secret, error) {
	name := "projects/" + r.PathValue("project") + "/secrets/" + r.PathValue("secret")
	found := s.secrets[name]
	if found == nil {
		return nil, status.Errorf(codes.NotFound, "Secret [%s] not found.", name)
	}
	return found, nil
}
