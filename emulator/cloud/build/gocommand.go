package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// goCommand runs the go command in the source and returns what it prints. The log has
// the command, and what it says of its work. There is no other release of Go than this
// machine's. With a vendor/ there is no network, and no module but those in it.
func (b *builder) goCommand(ctx context.Context, args ...string) (string, error) {
	settings := []string{"GOTOOLCHAIN=local", "GOWORK=off", "GO111MODULE=on", "PWD=" + b.source}
	if b.vendored {
		settings = append(settings, "GOPATH="+filepath.Join(b.Dir, "gopath"), "GOMODCACHE=",
			"GOPROXY=off", "GOSUMDB=off", "GOFLAGS=-mod=vendor -trimpath")
	} else {
		settings = append(settings, "GOFLAGS=-mod=mod -trimpath")
	}
	fmt.Fprintf(b.Log, "Running \"go %s\"\n", strings.ReplaceAll(strings.Join(args, " "), b.Dir+string(filepath.Separator), ""))
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = b.source, append(os.Environ(), settings...)
	var printed, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, io.MultiWriter(b.Log, &said)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("the go command isn't found: install Go (https://go.dev/dl) and put it on the PATH")
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.As(err, &exit):
		return "", fmt.Errorf("go %s: %s", args[0], bytes.TrimSpace(said.Bytes()))
	case err != nil:
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return strings.TrimSpace(printed.String()), nil
}
