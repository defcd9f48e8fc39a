package build

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/project"
)

// Records are the builds that there were, as Cloud Build tells of them. It is an
// http.Handler: cloudbuild.googleapis.com. What a build wrote is in Cloud Logging, where
// gcloud builds log looks for it.
type Records struct {
	*api.Router
	now func() time.Time

	mu  sync.Mutex
	all []*Record // in order of their beginning
}

// Record is one build (https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds).
type Record struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"` // projects/NUMBER/locations/L/builds/ID
	ProjectID      string     `json:"projectId"`
	Status         string     `json:"status"` // WORKING, SUCCESS or FAILURE
	StatusDetail   string     `json:"statusDetail,omitempty"`
	Source         api.Object `json:"source,omitempty"`
	CreateTime     string     `json:"createTime"`
	StartTime      string     `json:"startTime"`
	FinishTime     string     `json:"finishTime,omitempty"`
	Images         []string   `json:"images,omitempty"`
	ServiceAccount string     `json:"serviceAccount,omitempty"`
	Tags           []string   `json:"tags,omitempty"`
	Options        struct {
		Logging string `json:"logging"`
	} `json:"options"`
	FailureInfo *failure `json:"failureInfo,omitempty"`

	location string
	order    string // of a list: the last one first
}

// failure is why a build failed.
type failure struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// NewRecords returns no builds.
func NewRecords() *Records {
	s := &Records{Router: api.NewRouter(), now: time.Now}
	for pattern, m := range map[string]api.Method{
		"GET /v1/projects/{project}/locations/{location}/builds":                s.list,
		"GET /v1/projects/{project}/locations/{location}/builds/{build}":        s.get,
		"GET /v1/projects/{project}/builds":                                     s.list,
		"GET /v1/projects/{project}/builds/{build}":                             s.get,
		"GET /v1/projects/{project}/locations/{location}/defaultServiceAccount": defaultServiceAccount,
	} {
		s.Handle(pattern, m)
	}
	return s
}

// Begin adds a build that is under way; the record is the caller's copy.
func (s *Records) Begin(projectID, location, serviceAccount string, source api.Object, tags ...string) Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := uuid.NewString()
	r := &Record{
		ID: id, Name: "projects/" + project.Number(projectID) + "/locations/" + location + "/builds/" + id, ProjectID: projectID,
		Status: "WORKING", Source: source, CreateTime: stamp(s.now()), StartTime: stamp(s.now()), ServiceAccount: serviceAccount,
		Tags: tags, location: location, order: fmt.Sprintf("%09d", 999_999_999-len(s.all)),
	}
	r.Options.Logging = "CLOUD_LOGGING_ONLY"
	s.all = append(s.all, r)
	return *r
}

// End says how a build has ended: with an image, or with an error.
func (s *Records) End(id, image string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := slices.IndexFunc(s.all, func(r *Record) bool { return r.ID == id })
	r := s.all[n]
	r.Status, r.Images, r.FinishTime = "SUCCESS", []string{image}, stamp(s.now())
	if err != nil {
		r.Status, r.Images, r.StatusDetail = "FAILURE", nil, err.Error()
		r.FailureInfo = &failure{Type: "USER_BUILD_STEP", Detail: err.Error()}
	}
}

func (s *Records) get(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range s.all {
		if record.ID == r.PathValue("build") && record.of(r) {
			return *record, nil
		}
	}
	return nil, status.Error(codes.NotFound, "Requested entity was not found.")
}

// list are the builds of a project, the last one first.
func (s *Records) list(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Record
	for _, record := range slices.Backward(s.all) {
		if record.of(r) {
			found = append(found, *record)
		}
	}
	page, next, err := api.Page(r, found, len(found), func(r Record) string { return r.order })
	if err != nil {
		return nil, err
	}
	return api.Listed("builds", page, next), nil
}

// of reports whether a build is of the project and the location of a request's path.
func (r *Record) of(request *http.Request) bool {
	p, location := request.PathValue("project"), request.PathValue("location")
	return (p == r.ProjectID || strings.HasPrefix(r.Name, "projects/"+p+"/")) && (location == "" || location == "-" || location == r.location)
}

// defaultServiceAccount is the one that builds run as where none is named.
func defaultServiceAccount(r *http.Request) (any, error) {
	p := r.PathValue("project")
	return api.Object{
		"name":                "projects/" + p + "/locations/" + r.PathValue("location") + "/defaultServiceAccount",
		"serviceAccountEmail": "projects/" + p + "/serviceAccounts/" + DefaultAccount(p),
	}, nil
}

// DefaultAccount is the service account that a project has for whatever names none: that
// of Compute Engine.
func DefaultAccount(projectID string) string {
	return project.Number(projectID) + "-compute@developer.gserviceaccount.com"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
