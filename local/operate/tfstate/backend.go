package tfstate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	overrideFile = "backend_override.tf" // says which kind of backend there is
	settingsDir  = "backends"            // has, for each deployment with a bucket, which
	statesDir    = "states"              // has the states of deployments without
)

// onThisMachine is a local backend. Its workspaces are in a folder of its own, not
// in terraform's default one: terraform would offer to copy all workspaces that it
// finds there to a new backend.
const onThisMachine = `terraform {
  backend "local" {
    workspace_dir = "states"
  }
}
`

const inBucket = `terraform {
  backend "gcs" {}
}
`

var (
	bucketAddress = regexp.MustCompile(`^gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:/([A-Za-z0-9._/-]*[A-Za-z0-9._-]))?/?$`)
	backendBlock  = regexp.MustCompile(`(?m)^\s*(backend\s+"|cloud\s*\{)`)
)

// settings is the file that remembers a deployment's bucket, relative to the
// configuration's directory.
func (c *chooser) settings() string {
	return filepath.Join(settingsDir, c.workspace()+".gcs.tfbackend")
}

// backend writes the backend's configuration and returns the arguments that
// terraform init needs for it. It remembers the bucket of a deployment.
func (c *chooser) backend() (args []string, err error) {
	if own, err := c.ownBackend(); err != nil || own != "" {
		if err == nil && c.Bucket != "" {
			err = fmt.Errorf("%s says already where the state is: take the backend out of it, or leave STATE away", own)
		}
		c.own = true
		return nil, err
	}
	settings := filepath.Join(c.Dir, c.settings())
	if c.Bucket != "" {
		m := bucketAddress.FindStringSubmatch(c.Bucket)
		if m == nil {
			return nil, fmt.Errorf("STATE %q is no place for a state: write gs://bucket or gs://bucket/folder", c.Bucket)
		}
		folder := m[2]
		if folder == "" {
			folder = "tallystream"
		}
		if err := os.MkdirAll(filepath.Dir(settings), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(settings, fmt.Appendf(nil, "bucket = %q\nprefix = %q\n", m[1], folder), 0o644); err != nil {
			return nil, err
		}
	}
	args, text := []string{"-reconfigure"}, onThisMachine
	switch _, err := os.Stat(settings); {
	case err == nil:
		c.remote, text = true, inBucket
		args = append(args, "-backend-config="+c.settings())
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if err := c.gather(); err != nil {
		return nil, err
	}
	return args, os.WriteFile(filepath.Join(c.Dir, overrideFile), []byte(text), 0o644)
}

// ownBackend is a file of the configuration that declares a backend, if somebody
// wrote one.
func (c *chooser) ownBackend() (string, error) {
	files, err := filepath.Glob(filepath.Join(c.Dir, "*.tf"))
	if err != nil {
		return "", err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if filepath.Base(file) != overrideFile && backendBlock.Match(text) {
			return file, nil
		}
	}
	return "", nil
}

// location says where the state of a workspace is, for people.
func (c *chooser) location(workspace string) string {
	if !c.own && !c.remote {
		return c.file(workspace)
	}
	if text, err := os.ReadFile(filepath.Join(c.Dir, c.settings())); c.remote && err == nil {
		return fmt.Sprintf("workspace %s (%s)", workspace, strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", ", "))
	}
	return "workspace " + workspace
}
