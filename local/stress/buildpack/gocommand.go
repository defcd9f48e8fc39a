package buildpack

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/tallystream/tallystream/local/gocommand"
)

// goCommand runs the go command in the source and returns what it prints. It has
// no network, no modules but those in vendor/, and no other release of Go.
func (b build) goCommand(ctx context.Context, args ...string) (string, error) {
	out, err := gocommand.Run(ctx, b.source, []string{
		"GOPATH=" + filepath.Join(b.dir, "gopath"), "GOMODCACHE=",
		"GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local",
		"GOFLAGS=-mod=vendor -trimpath", "GOWORK=off", "GO111MODULE=on",
	}, args...)
	return strings.TrimSpace(string(out)), err
}
