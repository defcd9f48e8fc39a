package functions

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// progress is how far the operation of a function has come. It is the metadata of the
// operation, as
// https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.operations
// has it.
type progress struct {
	target, kind, created string

	mu     sync.Mutex
	stages []*stage
}

// stage is a part of an operation; gcloud shows each.
type stage struct {
	Name        string `json:"name"`
	Message     string `json:"message,omitempty"`
	State       string `json:"state"`
	Resource    string `json:"resource,omitempty"`
	ResourceURI string `json:"resourceUri,omitempty"`
}

func (s *Service) newProgress(target, kind string, stages ...string) *progress {
	p := &progress{target: target, kind: kind, created: stamp(s.now())}
	for _, name := range stages {
		p.stages = append(p.stages, &stage{Name: name, State: "NOT_STARTED"})
	}
	return p
}

// metadata is the progress as it is when it is written.
func (p *progress) metadata() api.Object {
	return api.Object{
		"@type": "type.googleapis.com/google.cloud.functions.v2.OperationMetadata", "createTime": p.created, "target": p.target,
		"verb": strings.ToLower(strings.TrimSuffix(p.kind, "_FUNCTION")), "apiVersion": "v2", "operationType": p.kind, "cancelRequested": false,
		"stages": p,
	}
}

// MarshalJSON writes the stages.
func (p *progress) MarshalJSON() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return json.Marshal(p.stages)
}

func (p *progress) change(name string, do func(*stage)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.stages {
		if s.Name == name {
			do(s)
		}
	}
}

func (p *progress) start(name, message string) {
	p.change(name, func(s *stage) { s.State, s.Message = "IN_PROGRESS", message })
}

func (p *progress) complete(name, message string) {
	p.change(name, func(s *stage) { s.State, s.Message = "COMPLETE", message })
}

// built says which build is under way, and where its log is.
func (p *progress) built(resource, uri string) {
	p.change("BUILD", func(s *stage) { s.Resource, s.ResourceURI = resource, uri })
}

// response is a function as the result of an operation.
func response(f function) (api.Object, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	o := api.Object{}
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	o["@type"] = "type.googleapis.com/google.cloud.functions.v2.Function"
	return o, nil
}

// parent is the location of a function.
func parent(name string) string {
	return "projects/" + api.Segment(name, "projects") + "/locations/" + api.Segment(name, "locations")
}

// serviceName is the service of Cloud Run that a function runs in.
func serviceName(name string) string {
	return parent(name) + "/services/" + api.Segment(name, "functions")
}
