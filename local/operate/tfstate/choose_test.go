package tfstate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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

resource "terraform_data" "state" {
  input = var.project_id
}

resource "terraform_data" "dataset" {
  triggers_replace = [var.project_id]
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
	out, err := exec.CommandContext(d.t.Context(), "terraform", append([]string{"-chdir=" + d.dir}, args...)...).Output()
	if err != nil {
		var failed *exec.ExitError
		errors.As(err, &failed)
		d.t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, failed.Stderr)
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

// deploys chooses a project's state and applies.
func (d *desk) deploys(project string, change ...func(*Options)) {
	d.t.Helper()
	if err := d.choose(project, change...); err != nil {
		d.t.Fatalf("state of %s: %v", project, err)
	}
	d.terraform("apply", "-auto-approve", "-input=false", "-var=project_id="+project)
}

// settled checks that a plan for a project has no changes.
func (d *desk) settled(project string) {
	d.t.Helper()
	if err := d.choose(project); err != nil {
		d.t.Fatalf("state of %s: %v", project, err)
	}
	d.terraform("plan", "-detailed-exitcode", "-input=false", "-var=project_id="+project)
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
	refused(t, d.choose("election-b"), "holds resources of project election-a, and not only of election-b: nothing is planned against it")
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
	refused(t, d.choose("election-a"), "terraform.tfstate holds resources of several projects: election-a and election-b: nothing is planned")
	d.write("terraform.tfstate", strings.ReplaceAll(string(text), "google_", "aws_"))
	refused(t, d.choose("election-a"), "terraform.tfstate names no project")
	d.write("terraform.tfstate", strings.ReplaceAll(string(text), "election-b", "election-a"))
	d.write(".terraform.tfstate.lock.info", "{}")
	refused(t, d.choose("election-a"), "is in use by another terraform")
}
