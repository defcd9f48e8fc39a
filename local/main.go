//go:build cgo

// Command local runs all of Tallystream on one machine: the emulators, the four
// functions, and a simulated election.
//
//	go run ./local help
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
	os.Exit(cli.Main(ctx, cli.OnThisMachine(), os.Args[1:]))
}
