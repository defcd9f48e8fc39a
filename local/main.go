// Command local is the command line of Tallystream: tools for operators, a
// simulation, and a whole system on one machine.
//
//	go run ./local help
//
// A program built without cgo has no BigQuery emulator: a system on one machine has its
// tables in PostgreSQL.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/emulated"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, cli.OnThisMachine(), emulated.Emulators(), os.Args[1:]))
}
