package archive

import (
	"context"

	"github.com/tallystream/tallystream/local/gocommand"
)

// goCommand runs the go command in a folder and returns its standard output.
//
// The platform is that of the cloud, whatever this machine's is. Settings of the
// environment that would change what is packed don't apply.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return gocommand.Run(ctx, dir, []string{"GOOS=linux", "GOARCH=amd64", "GOFLAGS=", "GOWORK=off"}, args...)
}
