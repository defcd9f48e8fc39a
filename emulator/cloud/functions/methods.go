package functions

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// pageSize is how many functions a page has at most
// (https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/list).
const pageSize = 1000

func parentOf(r *http.Request) string {
	return "projects/" + r.PathValue("project") + "/locations/" + r.PathValue("location")
}

func nameOf(r *http.Request) string { return parentOf(r) + "/functions/" + r.PathValue("function") }

// generations are the filters that gcloud lists by, and whether they are true of the
// functions here.
var generations = map[string]bool{"": true, `environment="GEN_2"`: true, `environment=GEN_2`: true, `environment="GEN_1"`: false}

func (s *Service) list(r *http.Request) (any, error) {
	if err := api.Parameters(r, "filter", "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	filter := r.URL.Query().Get("filter")
	shown, known := generations[filter]
	if !known {
		return nil, status.Errorf(codes.Unimplemented, "The emulator has no filter %q of functions: leave it out, or filter by environment=\"GEN_2\".", filter)
	}
	location := r.PathValue("location")
	if location == "-" {
		location = ""
	}
	all := s.sorted(r.PathValue("project"), location)
	if !shown {
		all = nil
	}
	page, next, err := api.Page(r, all, pageSize, func(f function) string { return f.Name })
	if err != nil {
		return nil, err
	}
	return api.Listed("functions", page, next), nil
}

func (s *Service) get(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.find(nameOf(r))
	if err != nil {
		return nil, err
	}
	return d.function, nil
}

// find is a function by its name. The caller holds the lock.
func (s *Service) find(name string) (*deployment, error) {
	d := s.all[name]
	if d == nil {
		return nil, status.Errorf(codes.NotFound, "Resource '%s' was not found", name)
	}
	return d, nil
}

// idle is a function that no operation is under way for. The caller holds the lock.
func (s *Service) idle(name string) (*deployment, error) {
	d, err := s.find(name)
	if err == nil && d.busy {
		err = status.Errorf(codes.Aborted, "An operation on function %s in region %s in project %s is already in progress. Please try again later.",
			api.Segment(name, "functions"), api.Segment(name, "locations"), api.Segment(name, "projects"))
	}
	return d, err
}

func (s *Service) resource(r *http.Request) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(nameOf(r)); err != nil {
		return "", err
	}
	return FullName(nameOf(r)), nil
}

func (s *Service) create(r *http.Request) (any, error) {
	if err := api.Parameters(r, "functionId"); err != nil {
		return nil, err
	}
	var f function
	if err := api.Read(r, &f); err != nil {
		return nil, err
	}
	id := r.URL.Query().Get("functionId")
	if id == "" {
		id = api.Segment(f.Name, "functions")
	}
	if !functionID.MatchString(id) {
		return nil, status.Errorf(codes.InvalidArgument, "The id of the function is %q: want up to 63 lower-case letters, digits and hyphens, of which a letter is the first.", id)
	}
	if err := known(r.PathValue("location")); err != nil {
		return nil, err
	}
	f.Name, f.StateMessages, f.URL, f.CreateTime = parentOf(r)+"/functions/"+id, nil, "", stamp(s.now())
	next, err := s.prepare(r, f)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[f.Name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Could not create Cloud Run function %s: a function with this name already exists", f.Name)
	}
	d := &deployment{}
	s.all[f.Name] = d
	return s.begin(d, next, "CREATE_FUNCTION"), nil
}

func (s *Service) patch(r *http.Request) (any, error) {
	if err := api.Parameters(r, "updateMask"); err != nil {
		return nil, err
	}
	body := api.Object{}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	s.mu.Lock()
	d, err := s.find(nameOf(r))
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	now := d.function
	s.mu.Unlock()
	f, err := updated(now, body, r.URL.Query().Get("updateMask"))
	if err != nil {
		return nil, err
	}
	next, err := s.prepare(r, f)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.idle(f.Name); err != nil {
		return nil, err
	}
	return s.begin(d, next, "UPDATE_FUNCTION"), nil
}

func (s *Service) delete(r *http.Request) (any, error) {
	if err := api.Parameters(r); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.idle(nameOf(r))
	if err != nil {
		return nil, err
	}
	d.busy, d.State = true, deleting
	return s.beginDelete(d), nil
}

// prepare fills in the defaults of a function that a request asks for, and checks it.
func (s *Service) prepare(r *http.Request, f function) (change, error) {
	runtimes, err := s.options.Runtimes(r.Context())
	if err != nil {
		return change{}, err
	}
	caller, err := token.Caller(r)
	if err != nil {
		return change{}, err
	}
	f.setDefaults(build.DefaultAccount(r.PathValue("project")))
	if err := f.check(runtimes); err != nil {
		return change{}, err
	}
	_, email, _ := strings.Cut(caller, ":")
	return change{function: f, caller: email}, nil
}

func (s *Service) operation(r *http.Request) (any, error) {
	return s.operations.Get(parentOf(r) + "/operations/" + r.PathValue("id"))
}

// generateUploadURL tells where an archive may be sent to, and what its name is then.
func (s *Service) generateUploadURL(r *http.Request) (any, error) {
	var body struct {
		Environment string `json:"environment"`
		KmsKeyName  string `json:"kmsKeyName"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	if err := known(r.PathValue("location")); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains([]string{"", "GEN_2", "ENVIRONMENT_UNSPECIFIED"}, body.Environment):
		return nil, status.Errorf(codes.Unimplemented, "environment is %s: the emulator has functions of the second generation only.", body.Environment)
	case body.KmsKeyName != "":
		return nil, status.Error(codes.Unimplemented, "kmsKeyName: the emulator encrypts no uploads.")
	}
	id := r.PathValue("project")
	bucket := "gcf-v2-uploads-" + project.Number(id) + "." + r.PathValue("location") + ".cloudfunctions.appspot.com"
	object := uuid.NewString() + ".zip"
	return api.Object{"uploadUrl": s.options.Sources.UploadURL(id, bucket, object), "storageSource": storageSource{Bucket: bucket, Object: object}}, nil
}
