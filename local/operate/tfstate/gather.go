package tfstate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// file is where the state of a workspace on this machine is.
func (c *chooser) file(workspace string) string {
	return filepath.Join(c.Dir, statesDir, workspace, "terraform.tfstate")
}

// readState reads the state in a file, which may be missing. It refuses one that
// another terraform is writing.
func readState(file string) (*state, error) {
	lock := filepath.Join(filepath.Dir(file), ".terraform.tfstate.lock.info")
	if _, err := os.Stat(lock); err == nil {
		return nil, fmt.Errorf("%s is in use by another terraform: wait for its end (if it has ended, take %s away)", file, lock)
	}
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// gather moves each state in terraform's default folder to the workspace of its
// deployment. Older versions of the configuration, which had no backend, left them there.
func (c *chooser) gather() error {
	files, err := filepath.Glob(filepath.Join(c.Dir, "terraform.tfstate.d", "*", "terraform.tfstate"))
	if err != nil {
		return err
	}
	for _, file := range append(files, filepath.Join(c.Dir, "terraform.tfstate")) {
		s, err := readState(file)
		if err != nil {
			return err
		}
		if s.empty() {
			continue
		}
		owners := s.owners()
		if len(owners) != 1 {
			return fmt.Errorf("the state in %s %s: nothing is planned before it is known whose it is. Bring back the version of it that is right (terraform.tfstate.backup is the one before), or move it away",
				file, whose(owners))
		}
		to := c.file(owners[0])
		held, err := readState(to)
		if err != nil {
			return err
		}
		if !held.empty() {
			return fmt.Errorf("%s and %s are two states of %s: move the one away that isn't right", file, to, deployment(owners[0]))
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(file, to); err != nil {
			return err
		}
		c.Say("The state of %s has moved from %s to %s, so that nothing else is planned against it", deployment(owners[0]), file, to)
	}
	return nil
}

func whose(owners []string) string {
	if len(owners) == 0 {
		return "names no project"
	}
	return "holds resources of several deployments: " + allOf(owners)
}
