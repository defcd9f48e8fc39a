package tfstate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// defaultWorkspace is where older versions of the configuration kept any project.
const defaultWorkspace = "default"

// terraform runs the command in the configuration's directory, and returns what it
// prints.
func (c *chooser) terraform(ctx context.Context, args ...string) ([]byte, error) {
	return c.terraformIn(ctx, "", args...)
}

// terraformIn does so in a workspace, whatever is selected.
func (c *chooser) terraformIn(ctx context.Context, workspace string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "terraform", append([]string{"-chdir=" + c.Dir}, args...)...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_WORKSPACE=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color")
	if workspace != "" {
		cmd.Env = append(cmd.Env, "TF_WORKSPACE="+workspace)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("terraform is missing: https://developer.hashicorp.com/terraform/install (1.11 or later)")
		}
		return nil, fmt.Errorf("terraform %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(append(stderr.Bytes(), stdout.Bytes()...)))
	}
	return stdout.Bytes(), nil
}

// pull reads the state of a workspace.
func (c *chooser) pull(ctx context.Context, workspace string) (*state, error) {
	text, err := c.terraformIn(ctx, workspace, "state", "pull")
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// push writes the state of a workspace. The state that it replaces must manage
// nothing or be an older version of the same.
func (c *chooser) push(ctx context.Context, workspace string, text []byte, force bool) error {
	file, err := os.CreateTemp("", "*.tfstate")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	args := []string{"state", "push"}
	if force {
		args = append(args, "-force")
	}
	_, err = c.terraformIn(ctx, workspace, append(args, file.Name())...)
	return err
}

// keep leaves a copy of a state beside the configuration, and returns its name.
func (c *chooser) keep(s *state, of string) (string, error) {
	name := fmt.Sprintf("%s-before-the-move.%d.tfstate.backup", of, s.Serial)
	return name, os.WriteFile(filepath.Join(c.Dir, name), s.text, 0o600)
}
