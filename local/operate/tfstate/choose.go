package tfstate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Options say whose state is chosen.
type Options struct {
	Dir      string // of the configuration
	Project  string // id
	Prefix   string // of names, where several deployments are in the project; may be empty
	Bucket   string // gs://bucket or gs://bucket/folder; empty is what was said last, or this machine
	Existing bool   // refuse where the project has no deployment
	Getenv   func(string) string
	Say      func(format string, args ...any)
}

type chooser struct {
	Options
	own    bool // the configuration declares a backend of its own
	remote bool // it is in the bucket of the settings
}

var (
	projectID  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	namePrefix = regexp.MustCompile(`^([a-z][a-z0-9]{0,7})?$`)
)

// workspace is the name of the deployment: PROJECT, or PROJECT.PREFIX. No project's id has
// a period. The configuration has the same rule (terraform/state.tf).
func (o Options) workspace() string {
	if o.Prefix == "" {
		return o.Project
	}
	return o.Project + "." + o.Prefix
}

// deployment is what a workspace is of, for people.
func deployment(workspace string) string {
	project, prefix, ok := strings.Cut(workspace, ".")
	if !ok {
		return "project " + project
	}
	return fmt.Sprintf("prefix %s in project %s", prefix, project)
}

// makeArguments are those of make that name a workspace's deployment.
func makeArguments(workspace string) string {
	project, prefix, ok := strings.Cut(workspace, ".")
	if !ok {
		return "PROJECT=" + project
	}
	return "PROJECT=" + project + " PREFIX=" + prefix
}

// Choose initialises the configuration and selects the project's state, against
// which the next plan is made. It returns an error if that state holds resources of
// another project.
func Choose(ctx context.Context, o Options) error {
	c := &chooser{Options: o}
	if !projectID.MatchString(c.Project) || c.Project == defaultWorkspace {
		return fmt.Errorf("PROJECT %q is no project's id (6 to 30 lower-case letters, digits and dashes): gcloud projects list shows it", c.Project)
	}
	if !namePrefix.MatchString(c.Prefix) {
		return fmt.Errorf("PREFIX %q is no prefix of names: up to 8 lower-case letters and digits, a letter first", c.Prefix)
	}
	if w := c.Getenv("TF_WORKSPACE"); w != "" && w != c.workspace() {
		return fmt.Errorf("TF_WORKSPACE is %q, and the state of %s is in workspace %s: unset TF_WORKSPACE", w, deployment(c.workspace()), c.workspace())
	}
	args, err := c.backend()
	if err != nil {
		return err
	}
	// The selected workspace may be one that this backend doesn't have.
	if _, err := c.terraformIn(ctx, defaultWorkspace, append([]string{"init", "-input=false"}, args...)...); err != nil {
		return err
	}
	if _, err := c.terraform(ctx, "workspace", "select", "-or-create", c.workspace()); err != nil {
		return err
	}
	return c.settle(ctx)
}

// settle checks that the selected state is the project's, and moves a state there
// that an older version of the configuration kept elsewhere.
func (c *chooser) settle(ctx context.Context) error {
	current, err := c.pull(ctx, c.workspace())
	if err != nil {
		return err
	}
	if err := c.check(current, c.location(c.workspace())); err != nil {
		return err
	}
	if c.remote && current.empty() {
		if current, err = c.fromThisMachine(ctx, current); err != nil {
			return err
		}
	}
	if current, err = c.fromDefault(ctx, current); err != nil {
		return err
	}
	if c.Existing && current.empty() {
		return fmt.Errorf("%s has no deployment in %s: nothing is there to destroy; see whether PROJECT, PREFIX and STATE are right", deployment(c.workspace()), c.location(c.workspace()))
	}
	c.Say("Terraform's state: %s", c.location(c.workspace()))
	return nil
}

// check refuses a state with resources that aren't the deployment's.
func (c *chooser) check(s *state, location string) error {
	owners := s.owners()
	if len(owners) == 0 || s.of(c.workspace()) {
		return nil
	}
	return fmt.Errorf("the state in %s holds resources of %s, and not only of %s: nothing is planned against it. "+
		"Bring back the version of it that is right (a *.tfstate.backup, or an older version of the bucket's object), or deploy what it is of",
		location, allOf(owners), deployment(c.workspace()))
}

// fromDefault moves the project's state out of the default workspace. It completes
// a move that was interrupted after the copy.
func (c *chooser) fromDefault(ctx context.Context, current *state) (*state, error) {
	old, err := c.pull(ctx, defaultWorkspace)
	if err != nil || old.empty() {
		return current, err
	}
	location := c.location(defaultWorkspace)
	switch owners := old.owners(); {
	case len(owners) == 0:
		c.Say("%s holds resources that aren't this configuration's: it stays as it is", location)
		return current, nil
	case len(owners) == 1 && !old.of(c.workspace()):
		c.Say("%s is the state of %s, and stays as it is: make deploy %s moves it to a workspace of its own", location, deployment(owners[0]), makeArguments(owners[0]))
		return current, nil
	case len(owners) > 1:
		return nil, c.check(old, location)
	case !current.empty() && current.Lineage != old.Lineage:
		return nil, fmt.Errorf("%s and %s are two states of %s: take away the one that isn't right", location, c.location(c.workspace()), deployment(c.workspace()))
	}
	copied, err := c.keep(old, c.workspace())
	if err != nil {
		return nil, err
	}
	if current.empty() {
		if current, err = c.take(ctx, old); err != nil {
			return nil, err
		}
	}
	text, err := old.emptied()
	if err != nil {
		return nil, err
	}
	if err := c.push(ctx, defaultWorkspace, text, false); err != nil {
		return nil, err
	}
	c.Say("The state of %s has moved from %s to %s, so that nothing else is planned against it. A copy of it as it was: %s",
		deployment(c.workspace()), location, c.location(c.workspace()), filepath.Join(c.Dir, copied))
	return current, nil
}

// fromThisMachine moves the project's state from the file on this machine to the
// bucket.
func (c *chooser) fromThisMachine(ctx context.Context, current *state) (*state, error) {
	file := c.file(c.workspace())
	old, err := readState(file)
	if err != nil || old.empty() {
		return current, err
	}
	if err := c.check(old, file); err != nil {
		return nil, err
	}
	if current, err = c.take(ctx, old); err != nil {
		return nil, err
	}
	if err := os.Rename(file, file+".backup"); err != nil {
		return nil, err
	}
	c.Say("The state of %s has moved from %s to %s. The file as it was: %s", deployment(c.workspace()), file, c.location(c.workspace()), file+".backup")
	return current, nil
}

// take writes a state into the project's workspace, which manages nothing, and
// reads it back.
func (c *chooser) take(ctx context.Context, old *state) (*state, error) {
	if err := c.push(ctx, c.workspace(), old.text, true); err != nil {
		return nil, err
	}
	now, err := c.pull(ctx, c.workspace())
	if err != nil {
		return nil, err
	}
	if len(now.Resources) != len(old.Resources) || now.Lineage != old.Lineage {
		return nil, fmt.Errorf("%s doesn't hold what was written into it: nothing was taken away from where it was", c.location(c.workspace()))
	}
	return now, nil
}
