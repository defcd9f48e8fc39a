package build

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// oldest is the first minor release of Go whose runtime is offered.
const oldest = 22

var release = regexp.MustCompile(`^go1\.(\d+)`)

// Runtimes are the names of Cloud Functions' Go runtimes that this machine can build
// for, like go126: those up to its own release of Go.
func Runtimes(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ask the go command for its version: %w: install Go (https://go.dev/dl) and put it on the PATH", err)
	}
	m := release.FindStringSubmatch(strings.TrimSpace(string(out)))
	if m == nil {
		return nil, fmt.Errorf("the go command's version is %s: want a release of Go", out)
	}
	minor, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, err
	}
	var names []string
	for n := oldest; n <= minor; n++ {
		names = append(names, fmt.Sprintf("go1%d", n))
	}
	return names, nil
}
