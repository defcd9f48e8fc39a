//go:build !cgo

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/tallystream/tallystream/local/archive"
)

// main packs the functions, which needs no C compiler, and says why nothing else
// runs: the BigQuery emulator is built on DuckDB, a library in C++.
func main() {
	if len(os.Args) < 2 || os.Args[1] != "package" {
		fmt.Fprintln(os.Stderr, "The local parts need a C compiler (but for the command package): install gcc or clang (or unset CGO_ENABLED, if it is 0) and run this again.")
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("package", flag.ExitOnError)
	out := flags.String("out", archive.DefaultFile, "`FILE` to write")
	_ = flags.Parse(os.Args[2:]) // it exits
	a, err := archive.Write(ctx, ".", *out)
	for _, w := range a.Warnings {
		fmt.Fprintln(os.Stderr, w)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(a)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}
