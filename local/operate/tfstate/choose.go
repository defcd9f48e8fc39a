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

var projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

// Choose initialises the configuration and selects the project's state, against
// which the next plan is made. It returns an error if that state holds resources of
// another project.
func Choose(ctx context.Context, o Options) error {
	c := &chooser{Options: o}
	if !projectID.MatchString(c.Project) || c.Project == defaultWorkspace {
		return fmt.Errorf("PROJECT %q is no project's id (6 to 30 lower-case letters, digits and dashes): gcloud projects list shows it", c.Project)
	}
	if w := c.Getenv("TF_WORKSPACE"); w != "" && w != c.Project {
		return fmt.Errorf("TF_WORKSPACE is %q, and the state of project %s is in the workspace of its name: unset TF_WORKSPACE", w, c.Project)
	}
	args, err := c.backend()
	if err != nil {
		return err
	}
	// The selected workspace may be one that this backend doesn't have.
	if _, err := c.terraformIn(ctx, defaultWorkspace, append([]string{"init", "-input=false"}, args...)...); err != nil {
		return err
	}
	if _, err := c.terraform(ctx, "workspace", "select", "-or-create", c.Project); err != nil {
		return err
	}
	return c.settle(ctx)
}

// settle checks that the selected state is the project's, and moves a state there
// that an older version of the configuration kept elsewhere.
func (c *chooser) settle(ctx context.Context) error {
	current, err := c.pull(ctx, c.Project)
	if err != nil {
		return err
	}
	if err := c.check(current, c.location(c.Project)); err != nil {
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
		return fmt.Errorf("project %s has no deployment in %s: nothing is there to destroy; see whether PROJECT and STATE are right", c.Project, c.location(c.Project))
	}
	c.Say("Terraform's state: %s", c.location(c.Project))
	return nil
}

// check refuses a state with resources that aren't the project's.
func (c *chooser) check(s *state, location string) error {
	projects := s.projects()
	if len(projects) == 0 || s.of(c.Project) {
		return nil
	}
	return fmt.Errorf("the state in %s holds resources of project %s, and not only of %s: nothing is planned against it. "+
		"Bring back the version of it that is right (a *.tfstate.backup, or an older version of the bucket's object), or deploy to the project that it is of",
		location, strings.Join(projects, " and "), c.Project)
}

// fromDefault moves the project's state out of the default workspace. It completes
// a move that was interrupted after the copy.
func (c *chooser) fromDefault(ctx context.Context, current *state) (*state, error) {
	old, err := c.pull(ctx, defaultWorkspace)
	if err != nil || old.empty() {
		return current, err
	}
	location := c.location(defaultWorkspace)
	switch projects := old.projects(); {
	case len(projects) == 0:
		c.Say("%s holds resources that aren't this configuration's: it stays as it is", location)
		return current, nil
	case len(projects) == 1 && !old.of(c.Project):
		c.Say("%s is the state of project %s, and stays as it is: make deploy PROJECT=%s moves it to a workspace of its own", location, projects[0], projects[0])
		return current, nil
	case len(projects) > 1:
		return nil, c.check(old, location)
	case !current.empty() && current.Lineage != old.Lineage:
		return nil, fmt.Errorf("%s and %s are two states of project %s: take away the one that isn't right", location, c.location(c.Project), c.Project)
	}
	copied, err := c.keep(old, c.Project)
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
	c.Say("The state of project %s has moved from %s to %s, so that no other project is planned against it. A copy of it as it was: %s",
		c.Project, location, c.location(c.Project), filepath.Join(c.Dir, copied))
	return current, nil
}

// fromThisMachine moves the project's state from the file on this machine to the
// bucket.
func (c *chooser) fromThisMachine(ctx context.Context, current *state) (*state, error) {
	file := c.file(c.Project)
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
	c.Say("The state of project %s has moved from %s to %s. The file as it was: %s", c.Project, file, c.location(c.Project), file+".backup")
	return current, nil
}

// take writes a state into the project's workspace, which manages nothing, and
// reads it back.
func (c *chooser) take(ctx context.Context, old *state) (*state, error) {
	if err := c.push(ctx, c.Project, old.text, true); err != nil {
		return nil, err
	}
	now, err := c.pull(ctx, c.Project)
	if err != nil {
		return nil, err
	}
	if len(now.Resources) != len(old.Resources) || now.Lineage != old.Lineage {
		return nil, fmt.Errorf("%s doesn't hold what was written into it: nothing was taken away from where it was", c.location(c.Project))
	}
	return now, nil
}
