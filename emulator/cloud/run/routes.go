package run

import (
	"net/http"
	"regexp"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// pageSize is how many services a page has where a request doesn't say.
const pageSize = 1000

func (s *Services) routes() {
	const (
		v1      = "/v1/projects/{project}/locations/{location}/services"
		v2      = "/v2/projects/{project}/locations/{location}/services"
		knative = "/apis/serving.knative.dev/v1/namespaces/{project}/"
	)
	for pattern, m := range map[string]api.Method{
		"GET " + v1:                               s.listKnative,
		"GET " + v1 + "/{service}":                s.getKnative,
		"GET " + knative + "services":             s.listKnative,
		"GET " + knative + "services/{service}":   s.getKnative,
		"GET " + knative + "revisions/{revision}": s.getRevision,
		"GET " + v2:                               s.listV2,
		"GET " + v2 + "/{service}":                s.getV2,
	} {
		s.Handle(pattern, m)
	}
	for _, pattern := range []string{v1, v2} {
		s.options.Policies.Serve(s.Router, pattern+"/{service}", s.resource)
	}
}

// regional is the host of a request to Knative's API of a region: us-central1-run.….
var regional = regexp.MustCompile(`^([a-z]+-[a-z]+[0-9]+)-`)

// locationOf is the location that a request is about; empty for all.
func locationOf(r *http.Request) string {
	location := r.PathValue("location")
	if location == "-" {
		return ""
	}
	if m := regional.FindStringSubmatch(r.Host); location == "" && m != nil {
		return m[1]
	}
	return location
}

// find is the service that a request's path names.
func (s *Services) find(r *http.Request) (*service, error) {
	for _, svc := range s.list(r.PathValue("project"), locationOf(r)) {
		if svc.base == r.PathValue("service") {
			return svc, nil
		}
	}
	return nil, status.Errorf(codes.NotFound, "Resource '%s' of kind 'SERVICE' in region '%s' in project '%s' does not exist.", r.PathValue("service"), locationOf(r), r.PathValue("project"))
}

func (s *Services) resource(r *http.Request) (string, error) {
	svc, err := s.find(r)
	if err != nil {
		return "", err
	}
	return FullName(svc.name), nil
}
