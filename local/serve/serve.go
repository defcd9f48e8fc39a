// Package serve serves the functions in a child process of a program or a test on this
// machine.
package serve

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"

	// The functions register themselves.
	_ "github.com/tallystream/tallystream/functions/aggregate"
	_ "github.com/tallystream/tallystream/functions/bridge"
	_ "github.com/tallystream/tallystream/functions/dashboard"
	_ "github.com/tallystream/tallystream/functions/ingest"
)

// IfChild serves functions and ends this process, if it was started for that. The TestMain
// of a package whose tests start functions calls it first, because the children are
// processes of the test's own program.
func IfChild() {
	if len(os.Args) != 3 || os.Args[1] != "functions" {
		return
	}
	if err := Functions(os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Functions is what a child process does. It serves the function that
// FUNCTION_TARGET names, or all of them, each at the path of its name, until standard
// input ends. The parent holds the other end, which is closed however it dies.
func Functions(address string) error {
	signal.Ignore(os.Interrupt) // Ctrl-C is for the parent, which stops things in order
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q: want host:port: %w", address, err)
	}
	if err := funcframework.StartHostPort(host, port); err != nil {
		return fmt.Errorf("serve functions on %s: %w", address, err)
	}
	return nil
}
