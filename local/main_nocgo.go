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

	"github.com/tallystream/tallystream/local/operate/archive"
	"github.com/tallystream/tallystream/local/operate/tfstate"
)

// main does what needs no C compiler, and says why nothing else runs: the BigQuery
// emulator is built on DuckDB, a library in C++.
func main() {
	commands := map[string]func(context.Context, *flag.FlagSet, []string) error{"package": pack, "state": chooseState}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "The local parts need a C compiler (but for the commands package and state): install gcc or clang (or unset CGO_ENABLED, if it is 0) and run this again.")
		os.Exit(1)
	}
	name := os.Args[1]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := commands[name](ctx, flag.NewFlagSet(name, flag.ExitOnError), os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// pack packs the functions.
func pack(ctx context.Context, flags *flag.FlagSet, args []string) error {
	out := flags.String("out", archive.DefaultFile, "`FILE` to write")
	if err := parse(flags, args); err != nil {
		return err
	}
	a, err := archive.Write(ctx, ".", *out)
	for _, w := range a.Warnings {
		fmt.Fprintln(os.Stderr, w)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

// chooseState selects Terraform's state of one project.
func chooseState(ctx context.Context, flags *flag.FlagSet, args []string) error {
	var o tfstate.Options
	o.Define(flags)
	if err := parse(flags, args); err != nil {
		return err
	}
	o.Getenv = os.Getenv
	o.Say = func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	return tfstate.Choose(ctx, o)
}

// parse reads the flags, after which nothing may follow.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	return nil
}
