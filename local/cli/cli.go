// Package cli is the command line of the local parts: it reads flags, calls the
// packages that do the work, and says what came of it.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/operate/verify"
)

// Exit statuses.
const (
	exitOK         = 0
	exitFailed     = 1 // of verify: something differs
	exitUsage      = 2
	exitNotAudited = 3 // of verify: it couldn't look at everything, and found no difference
)

// Host is what a command has of the machine.
type Host struct {
	Stdout  io.Writer        // results
	Console *console.Console // everything else
	Getenv  func(string) string
}

// OnThisMachine is the host of a real program.
func OnThisMachine() *Host {
	return &Host{Stdout: os.Stdout, Console: console.New(os.Stderr, os.Getenv), Getenv: os.Getenv}
}

// command is one thing that can be asked for.
type command struct {
	name  string
	short string // a sentence without its full stop
	args  string // what may follow the flags
	// setUp defines the flags and returns what runs once they are parsed.
	setUp  func(h *Host, flags *flag.FlagSet) func(ctx context.Context, args []string) error
	hidden bool
}

func commands() []command {
	return []command{
		demoCommand,
		upCommand,
		simulateCommand,
		verifyCommand,
		certifyCommand,
		deadLetterCommand,
		rebuildCommand,
		backfillCommand,
		electionCommand,
		benchCommand,
		tortureCommand,
		packageCommand,
		stateCommand,
		costCommand,
		functionsCommand,
	}
}

// Main runs the command that args name, and returns the exit status.
func Main(ctx context.Context, h *Host, args []string) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "-help", "--help":
		return help(h, args)
	}
	c, ok := find(name)
	if !ok {
		h.Console.Printf("There is no command %q.\n\n%s", name, overview())
		return exitUsage
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what it has to say is said below
	run := c.setUp(h, flags)
	err := flags.Parse(args)
	if err == nil && c.args == "" && flags.NArg() > 0 {
		err = fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(h.Stdout, usage(c))
		return exitOK
	case err != nil:
		h.Console.Printf("%s: %s.\n\n%s", name, mistake(err), usage(c))
		return exitUsage
	}
	if err := run(ctx, flags.Args()); err != nil {
		h.Console.Printf("%s: %s", name, sentence(err))
		if errors.Is(err, verify.ErrNotAudited) {
			return exitNotAudited
		}
		return exitFailed
	}
	return exitOK
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func help(h *Host, args []string) int {
	if len(args) == 0 || args[0] == "help" {
		fmt.Fprintln(h.Stdout, overview())
		return exitOK
	}
	c, ok := find(args[0])
	if !ok {
		h.Console.Printf("There is no command %q.\n\n%s", args[0], overview())
		return exitUsage
	}
	fmt.Fprintln(h.Stdout, usage(c))
	return exitOK
}

// overview lists the commands.
func overview() string {
	var b strings.Builder
	b.WriteString("Tallystream on this machine.\n\n  go run ./local COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.short)
		}
	}
	fmt.Fprintf(&b, "  %-10s %s\n", "help", "show this, or with a command's name its flags")
	return strings.TrimRight(b.String(), "\n")
}

// mistake says what is wrong with a command line, with flags as they are written
// here.
func mistake(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return "there is no flag --" + name
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return "--" + name + " wants a value behind it"
	}
	var value, name string
	if n, _ := fmt.Sscanf(text, "invalid value %q for flag -%s", &value, &name); n == 2 {
		name = strings.TrimSuffix(name, ":")
		return fmt.Sprintf("--%s can't be %q: see below what it takes; a TIME has a unit, such as 90s or 5m", name, value)
	}
	return text
}

// usage lists the flags of a command.
func usage(c command) string {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.setUp(&Host{Getenv: func(string) string { return "" }}, flags)
	var b strings.Builder
	fmt.Fprintf(&b, "go run ./local %s [FLAGS]%s\n\n%s.\n", c.name, c.args, strings.ToUpper(c.short[:1])+c.short[1:])
	flags.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "\n  --%s %s\n        %s", f.Name, kind, text)
	})
	return b.String()
}

// sentence is an error as a person reads it. Several problems stand one to a line.
func sentence(err error) string {
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		return "stopped before its end."
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
