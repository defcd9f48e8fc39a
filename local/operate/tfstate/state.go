package tfstate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// state is the part of a state that this package reads, in the format of terraform
// state pull and push.
type state struct {
	Version   int             `json:"version"`
	Terraform string          `json:"terraform_version"`
	Serial    uint64          `json:"serial"`
	Lineage   string          `json:"lineage"`
	Outputs   json.RawMessage `json:"outputs"`
	Resources []resource      `json:"resources"`

	text []byte // as it was pulled
}

type resource struct {
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		Attributes map[string]any `json:"attributes"`
	} `json:"instances"`
}

// parse reads a state; no text is the state of a workspace that was never written.
func parse(text []byte) (*state, error) {
	s := &state{text: text}
	if len(strings.TrimSpace(string(text))) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("read Terraform's state: %w", err)
	}
	if s.Version != 4 {
		return nil, fmt.Errorf("the state has format %d, and 4 is known: use a Terraform from 1.11 to before 2", s.Version)
	}
	return s, nil
}

// empty reports whether the state manages nothing.
func (s *state) empty() bool {
	return !slices.ContainsFunc(s.Resources, func(r resource) bool { return r.Mode == "managed" && len(r.Instances) > 0 })
}

// owners are the workspaces of the deployments that the state's resources belong to, sorted.
// The configuration records its workspace as terraform_data.state. A resource in the same
// project is taken to belong to it. Older versions recorded nothing, and had no prefixes.
func (s *state) owners() []string {
	recorded, projects := map[string]string{}, map[string]bool{} // workspaces by project
	for _, r := range s.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			name := "project"
			if r.Type == "terraform_data" && r.Name == "state" {
				name = "input"
			} else if !strings.HasPrefix(r.Type, "google_") {
				continue
			}
			project := i.Attributes[name]
			if input, ok := project.(map[string]any); ok {
				project = input["value"] // as Terraform keeps what has any type
			}
			if text, ok := project.(string); ok && text != "" {
				project, _, _ := strings.Cut(text, ".")
				projects[project] = true
				if name == "input" {
					recorded[project] = text
				}
			}
		}
	}
	var all []string
	for project := range projects {
		all = append(all, cmp.Or(recorded[project], project))
	}
	return slices.Sorted(slices.Values(all))
}

// of reports whether all resources of the state are one deployment's.
func (s *state) of(workspace string) bool { return slices.Equal(s.owners(), []string{workspace}) }

// allOf is a list of deployments, for people.
func allOf(owners []string) string {
	var names []string
	for _, owner := range owners {
		names = append(names, deployment(owner))
	}
	return strings.Join(names, " and ")
}

// emptied is the next version of the state, without its resources.
func (s *state) emptied() ([]byte, error) {
	return json.Marshal(state{
		Version: s.Version, Terraform: s.Terraform, Serial: s.Serial + 1, Lineage: s.Lineage,
		Outputs: json.RawMessage("{}"), Resources: []resource{},
	})
}
