// Command local is the command line of Tallystream: tools for operators, a
// simulation, and a whole system on one machine.
//
//	go run ./local help
//
// A program built without cgo has all but the commands that run the emulators.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tallystream/tallystream/local/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, cli.OnThisMachine(), emulators(), os.Args[1:]))
}
