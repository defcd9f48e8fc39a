package secretmanager

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

func (s *Service) create(r *http.Request) (any, error) {
	if err := api.Parameters(r, "secretId"); err != nil {
		return nil, err
	}
	var made secret
	if err := api.Read(r, &made); err != nil {
		return nil, err
	}
	id := r.URL.Query().Get("secretId")
	if !secretID.MatchString(id) {
		return nil, status.Errorf(codes.InvalidArgument, "The provided Secret ID [%s] does not match the expected format [[a-zA-Z_0-9-]+], of 1 to 255 characters.", id)
	}
	if (made.Replication.Automatic == nil) == (made.Replication.UserManaged == nil) {
		return nil, status.Error(codes.InvalidArgument, "secret.replication: want either automatic or userManaged.")
	}
	if err := checkLabels(made.Labels); err != nil {
		return nil, err
	}
	name := "projects/" + r.PathValue("project") + "/secrets/" + id
	if s.secrets[name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Secret [%s] already exists.", name)
	}
	made.Name, made.CreateTime, made.Etag = name, s.now().UTC().Format(time.RFC3339Nano), etag()
	s.secrets[name] = &made
	return &made, nil
}

func checkLabels(labels map[string]string) error {
	if len(labels) > maxLabels {
		return status.Errorf(codes.InvalidArgument, "secret.labels: %d labels; a secret has at most %d.", len(labels), maxLabels)
	}
	return nil
}

// etag is another one with each change.
func etag() string { return `"` + uuid.NewString() + `"` }

func (s *Service) get(r *http.Request) (any, error) {
	if err := api.Parameters(r); err != nil {
		return nil, err
	}
	return s.find(r)
}

func (s *Service) list(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	var of []*secret
	for _, name := range slices.Sorted(maps.Keys(s.secrets)) {
		if strings.HasPrefix(name, "projects/"+r.PathValue("project")+"/") {
			of = append(of, s.secrets[name])
		}
	}
	page, next, err := api.Page(r, of, maxPageSize, func(s *secret) string { return s.Name })
	if err != nil {
		return nil, err
	}
	return struct {
		Secrets       []*secret `json:"secrets,omitempty"`
		NextPageToken string    `json:"nextPageToken,omitempty"`
		TotalSize     int       `json:"totalSize,omitempty"`
	}{page, next, len(of)}, nil
}

// patch changes what the mask names, labels and annotations.
func (s *Service) patch(r *http.Request) (any, error) {
	if err := api.Parameters(r, "updateMask"); err != nil {
		return nil, err
	}
	var wanted secret
	if err := api.Read(r, &wanted); err != nil {
		return nil, err
	}
	found, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if err := checkEtag(wanted.Etag, found.Etag); err != nil {
		return nil, err
	}
	changed := *found
	mask := r.URL.Query().Get("updateMask")
	for field := range strings.SplitSeq(mask, ",") {
		switch field {
		case "labels":
			changed.Labels = wanted.Labels
		case "annotations":
			changed.Annotations = wanted.Annotations
		default:
			return nil, status.Errorf(codes.InvalidArgument, "updateMask %q: %q can't be changed here; want labels and annotations.", mask, field)
		}
	}
	if err := checkLabels(changed.Labels); err != nil {
		return nil, err
	}
	changed.Etag = etag()
	*found = changed
	return found, nil
}

func (s *Service) delete(r *http.Request) (any, error) {
	if err := api.Parameters(r, "etag"); err != nil {
		return nil, err
	}
	found, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if err := checkEtag(r.URL.Query().Get("etag"), found.Etag); err != nil {
		return nil, err
	}
	delete(s.secrets, found.Name)
	s.policies.Delete(FullName(found.Name))
	return nil, nil
}

// checkEtag holds a request that names an etag to it.
func checkEtag(asked, now string) error {
	if cmp.Or(asked, now) != now {
		return status.Errorf(codes.FailedPrecondition, "The etag [%s] provided does not match the current etag [%s].", asked, now)
	}
	return nil
}
