// Package gcloudtest runs the real gcloud against a service in tests.
package gcloudtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Longest is how long a call may take before it fails. gcloud waits for what it has begun, like a deployment.
const Longest = 10 * time.Minute

// CLI is gcloud with a configuration of its own, the project p, and one service of
// Google's replaced. Nothing of it reaches the internet.
type CLI struct {
	t   testing.TB
	env []string
	URL string // of the server of the handler
}

// New returns gcloud whose override of the endpoint of a service, like secretmanager, is
// a server of the handler, with the path added. Where there is no gcloud the test is skipped.
func New(t testing.TB, service string, handler http.Handler, path string) *CLI {
	t.Helper()
	if _, err := exec.LookPath("gcloud"); err != nil {
		t.Skip("gcloud isn't installed: what it does with the emulator isn't tried")
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	return &CLI{t: t, URL: server.URL, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CLOUDSDK_CONFIG=" + filepath.Join(dir, "gcloud"), "TZ=UTC",
		"CLOUDSDK_CORE_PROJECT=p", "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=1",
		"CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=1", "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true",
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_" + strings.ToUpper(service) + "=" + server.URL + path,
		// gcloud storage forks where it may do several things at a time.
		"CLOUDSDK_STORAGE_PROCESS_COUNT=1", "CLOUDSDK_STORAGE_THREAD_COUNT=1",
		"HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1",
	}}
}

// Setenv adds a variable to gcloud's environment.
func (c *CLI) Setenv(name, value string) { c.env = append(c.env, name+"="+value) }

// Run calls gcloud with an input and returns its output without spaces at its ends. The
// test fails where gcloud does.
func (c *CLI) Run(input string, args ...string) string {
	c.t.Helper()
	out, err := c.try(input, args)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// Refused calls gcloud, which has to fail and to say some words, and returns all that it
// says.
func (c *CLI) Refused(want, input string, args ...string) string {
	c.t.Helper()
	out, err := c.try(input, args)
	if err == nil {
		c.t.Errorf("gcloud %s: wrote %q, want it to fail and to say %q", strings.Join(args, " "), out, want)
		return out
	}
	if !strings.Contains(err.Error(), want) {
		c.t.Errorf("%v\nwant it to say %q", err, want)
	}
	return err.Error()
}

func (c *CLI) try(input string, args []string) (string, error) {
	return Call(c.t.Context(), c.env, input, append([]string{"gcloud"}, args...)...)
}

// Call runs a command in an environment with an input, and returns its output without spaces at its ends.
func Call(ctx context.Context, env []string, input string, command ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, Longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env, cmd.WaitDelay = env, time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w\n%s%s", strings.Join(command, " "), errors.Join(err, ctx.Err()), &stdout, &stderr)
	}
	return strings.TrimSpace(stdout.String()), nil
}
