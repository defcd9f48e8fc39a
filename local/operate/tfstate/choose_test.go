package tfstate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A desk is the directory of a configuration of a person who deploys.
type desk struct {
	t    *testing.T
	dir  string
	env  map[string]string
	said []string
}

// The configuration records its project and has one resource. It needs no provider
// but the built-in one.
const configuration = `variable "project_id" {
  type = string
}

variable "name_prefix" {
  type    = string
  default = ""
}

resource "terraform_data" "state" {
  input = join(".", compact([var.project_id, var.name_prefix]))
}

resource "terraform_data" "dataset" {
  triggers_replace = [var.project_id, var.name_prefix]
}
`

func newDesk(t *testing.T) *desk {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: terraform isn't run")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skipf("terraform isn't run: %v", err)
	}
	d := &desk{t: t, dir: t.TempDir(), env: map[string]string{}}
	d.write("main.tf", configuration)
	return d
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// terraform runs a command as a person would.
func (d *desk) terraform(args ...string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Minute) // seconds, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", append([]string{"-chdir=" + d.dir}, args...)...)
	var stderr strings.Builder
	cmd.Stderr, cmd.WaitDelay = &stderr, time.Second
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), errors.Join(err, ctx.Err()), &stderr)
	}
	return string(out)
}

func (d *desk) choose(project string, change ...func(*Options)) error {
	d.t.Helper()
	d.said = nil
	o := Options{
		Dir: d.dir, Project: project, Getenv: func(name string) string { return d.env[name] },
		Say: func(format string, args ...any) { d.said = append(d.said, fmt.Sprintf(format, args...)) },
	}
	for _, f := range change {
		f(&o)
	}
	return Choose(d.t.Context(), o)
}

// with chooses the state of a project, or of PROJECT.PREFIX, and runs a command.
func (d *desk) with(deployment string, change []func(*Options), command ...string) {
	d.t.Helper()
	project, prefix, _ := strings.Cut(deployment, ".")
	if err := d.choose(project, append(change, func(o *Options) { o.Prefix = prefix })...); err != nil {
		d.t.Fatalf("state of %s: %v", deployment, err)
	}
	d.terraform(append(command, "-input=false", "-var=project_id="+project, "-var=name_prefix="+prefix)...)
}

// deploys chooses a deployment's state and applies.
func (d *desk) deploys(deployment string, change ...func(*Options)) {
	d.t.Helper()
	d.with(deployment, change, "apply", "-auto-approve")
}

// settled checks that a plan for a deployment has no changes.
func (d *desk) settled(deployment string) {
	d.t.Helper()
	d.with(deployment, nil, "plan", "-detailed-exitcode")
}

func (d *desk) says(part string) {
	d.t.Helper()
	if !slices.ContainsFunc(d.said, func(s string) bool { return strings.Contains(s, part) }) {
		d.t.Errorf("nothing that was said has %q: %q", part, d.said)
	}
}

func refused(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v, want one that says %q", err, part)
		}
	}
}

// Each project is planned against its own state, in whatever order projects are
// deployed. No plan changes the resources of another project.
func TestTwoProjects(t *testing.T) {
	d := newDesk(t)
	d.deploys("election-a")
	d.deploys("election-b")
	d.settled("election-a")
	d.settled("election-b")

	refused(t, d.choose("election-c", func(o *Options) { o.Existing = true }), "project election-c has no deployment in", "nothing is there to destroy")
	if err := d.choose("election-b", func(o *Options) { o.Existing = true }); err != nil {
		t.Errorf("a deployment that is there: %v", err)
	}
	d.terraform("destroy", "-auto-approve", "-input=false", "-var=project_id=election-b")
	d.settled("election-a")
}

// Each prefix is a deployment of its own, beside that without one and beside those of another
// project whose id looks alike.
func TestTwoElectionsInOneProject(t *testing.T) {
	d := newDesk(t)
	all := []string{"election-a", "election-a.spring", "election-a.autumn", "election-a-spring"}
	for _, deployment := range all {
		d.deploys(deployment)
	}
	for _, deployment := range all {
		d.settled(deployment)
		d.says("Terraform's state: " + filepath.Join(d.dir, "states", deployment, "terraform.tfstate"))
	}
	spring := func(o *Options) { o.Prefix, o.Existing = "spring", true }
	refused(t, d.choose("election-b", spring), "prefix spring in project election-b has no deployment in", "nothing is there to destroy")
	for _, prefix := range []string{"Spring", "spring-", "2026", "ninechars", "a.b"} {
		refused(t, d.choose("election-a", func(o *Options) { o.Prefix = prefix }), "is no prefix of names: up to 8 lower-case letters and digits, a letter first")
	}
	d.with("election-a.spring", nil, "destroy", "-auto-approve")
	for _, deployment := range []string{"election-a", "election-a.autumn"} {
		d.settled(deployment)
	}

	// A state that somebody copied to the workspace of another prefix.
	d.terraform("workspace", "new", "-state="+filepath.Join(d.dir, "states/election-a/terraform.tfstate"), "election-a.winter")
	refused(t, d.choose("election-a", func(o *Options) { o.Prefix = "winter" }),
		"holds resources of project election-a, and not only of prefix winter in project election-a: nothing is planned against it")
}

// Resources of a deployment with a prefix are in the project too: they are its own, as the state
// records its name.
func TestOwners(t *testing.T) {
	text := `{"version": 4, "resources": [
		{"mode": "managed", "type": "google_pubsub_topic", "name": "records", "instances": [{"attributes": {"project": "election-a"}}]},
		{"mode": "managed", "type": "terraform_data", "name": "state", "instances": [{"attributes": {"input": {"value": "election-a.spring", "type": "string"}}}]},
		{"mode": "managed", "type": "google_pubsub_topic", "name": "other", "instances": [{"attributes": {"project": %q}}]}]}`
	for project, want := range map[string][]string{
		"election-a": {"election-a.spring"}, "election-b": {"election-a.spring", "election-b"},
	} {
		s, err := parse(fmt.Appendf(nil, text, project))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.owners(); !slices.Equal(got, want) || s.of("election-a.spring") != (len(want) == 1) || s.of("election-a") {
			t.Errorf("owners are %q, want %q", got, want)
		}
	}
}

// The single state of an older version becomes the state of its project once,
// whichever project is deployed first.
func TestMigration(t *testing.T) {
	for _, first := range []string{"election-a", "election-b"} {
		t.Run(first, func(t *testing.T) {
			d := newDesk(t)
			d.terraform("init", "-input=false")
			d.terraform("apply", "-auto-approve", "-input=false", "-var=project_id=election-a")
			resource := d.terraform("state", "show", "-no-color", "terraform_data.dataset")

			d.deploys(first)
			d.says("The state of project election-a has moved from " + filepath.Join(d.dir, "terraform.tfstate") + " to ")
			d.settled("election-a")
			if len(d.said) != 1 {
				t.Errorf("what has moved moves again: %q", d.said)
			}
			if got := d.terraform("state", "show", "-no-color", "terraform_data.dataset"); got != resource {
				t.Errorf("the resource is\n%s\nafter the move, want\n%s", got, resource)
			}
			d.deploys("election-b")
			d.settled("election-a")
		})
	}
}

// Workspaces that a person created by hand, as an older error message advised, are
// found too.
func TestMigrationOfWorkspaces(t *testing.T) {
	d := newDesk(t)
	d.terraform("init", "-input=false")
	d.terraform("workspace", "select", "-or-create", "rehearsal")
	d.terraform("apply", "-auto-approve", "-input=false", "-var=project_id=election-a")
	d.settled("election-a")
	d.says("The state of project election-a has moved from")
	d.deploys("election-b")
	d.settled("election-a")
}

// In a backend that the configuration declares, the state of the default workspace
// moves to a workspace of the project's name. An interrupted move is completed by the
// next call.
func TestMigrationInOwnBackend(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		t.Run(fmt.Sprintf("interrupted %v", interrupted), func(t *testing.T) {
			d := newDesk(t)
			d.write("mine.tf", "terraform {\n  backend \"local\" {\n    path          = \"shared/default.tfstate\"\n    workspace_dir = \"shared\"\n  }\n}\n")
			d.terraform("init", "-input=false")
			d.terraform("apply", "-auto-approve", "-input=false", "-var=project_id=election-a")
			resource := d.terraform("state", "show", "-no-color", "terraform_data.dataset")
			d.deploys("election-b")
			d.says("workspace default is the state of project election-a, and stays as it is")
			if interrupted {
				d.terraform("workspace", "new", "election-a")
				d.terraform("state", "push", "-force", "shared/default.tfstate")
			}
			d.settled("election-a")
			d.says("The state of project election-a has moved from workspace default to workspace election-a")
			if got := d.terraform("state", "show", "-no-color", "terraform_data.dataset"); got != resource {
				t.Errorf("the resource is\n%s\nafter the move, want\n%s", got, resource)
			}
			if copies, _ := filepath.Glob(filepath.Join(d.dir, "election-a-before-the-move.*.tfstate.backup")); len(copies) != 1 {
				t.Errorf("copies of the state: %v, want one", copies)
			}
			d.terraform("workspace", "select", "default")
			if left := d.terraform("state", "list"); left != "" {
				t.Errorf("the default workspace still has %s", left)
			}
			d.settled("election-b")
		})
	}
}

// A state or a name that isn't the project's own is refused before anything is
// planned.
func TestRefusals(t *testing.T) {
	d := newDesk(t)
	d.deploys("election-a")
	for _, id := range []string{"", "default", "Election A", "42"} {
		refused(t, d.choose(id), "is no project's id")
	}
	d.env["TF_WORKSPACE"] = "election-a"
	refused(t, d.choose("election-b"), `TF_WORKSPACE is "election-a"`, "unset TF_WORKSPACE")
	delete(d.env, "TF_WORKSPACE")
	for _, place := range []string{"election-states", "gs://", "s3://election-states", "gs://UPPER/x"} {
		refused(t, d.choose("election-a", func(o *Options) { o.Bucket = place }), "is no place for a state: write gs://bucket")
	}

	// A state that somebody copied to another project's workspace.
	d.terraform("workspace", "new", "-state="+filepath.Join(d.dir, "states/election-a/terraform.tfstate"), "election-b")
	refused(t, d.choose("election-b"), "holds resources of project election-a, and not only of project election-b: nothing is planned against it")
	d.settled("election-a")

	d.write("mine.tf", "terraform {\n  backend \"local\" {}\n}\n")
	refused(t, d.choose("election-a", func(o *Options) { o.Bucket = "gs://election-states" }), "mine.tf says already where the state is")
}

// A state with resources of two projects, from a plan that was half applied, is
// refused for both.
func TestHalfReplaced(t *testing.T) {
	d := newDesk(t)
	s := state{Version: 4, Terraform: "1.11.0", Serial: 3, Lineage: "a-lineage", Outputs: json.RawMessage("{}")}
	for _, project := range []string{"election-a", "election-b"} {
		r := resource{Mode: "managed", Type: "google_pubsub_topic", Name: project}
		r.Instances = append(r.Instances, struct {
			Attributes map[string]any `json:"attributes"`
		}{map[string]any{"project": project}})
		s.Resources = append(s.Resources, r)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	d.write("terraform.tfstate", string(text))
	refused(t, d.choose("election-a"), "terraform.tfstate holds resources of several deployments: project election-a and project election-b: nothing is planned")
	d.write("terraform.tfstate", strings.ReplaceAll(string(text), "google_", "aws_"))
	refused(t, d.choose("election-a"), "terraform.tfstate names no project")
	d.write("terraform.tfstate", strings.ReplaceAll(string(text), "election-b", "election-a"))
	d.write(".terraform.tfstate.lock.info", "{}")
	refused(t, d.choose("election-a"), "is in use by another terraform")
}
