//go:build cgo

// Command benchemulator measures emulators of BigQuery and Pub/Sub beside one another, with the same
// client, one after the other: ours, and others that the flags name. It prints a table in Markdown.
// make bench-emulator runs it.
//
//	go run ./local/stress/benchemulator -bigquery 'Tallystream=bin/emulator -kafka=off -pubsub=off -bigquery={rest} -bigquery-storage={grpc}'
//
// A subject is NAME=COMMAND: the command is started with {rest}, {grpc} and {pubsub} replaced by addresses, and
// {rest-port}, {grpc-port} and {pubsub-port} by their ports. NAME=http://HOST:PORT, or NAME=HOST:PORT of Pub/Sub,
// is one that runs already: its start and its memory aren't measured. It gets a dataset, and keeps it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// config is what is measured, and how much of it.
type config struct {
	BigQuery, PubSub []subject
	Selects          int           // SELECT 1s, one after the other
	For              time.Duration // each measurement of a rate, and the longest that SELECT 1s may take
	Scale            float64       // of TPC-H
	OnlyTPCH         bool          // nothing else of BigQuery, but the start
	Everything       time.Duration // how long a query that asks for everything may run before it is cancelled
	Messages         int           // of Pub/Sub
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := parseFlags(os.Args[1:])
	if err == nil {
		err = run(ctx, c)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "benchemulator:", err)
		os.Exit(1)
	}
}

func parseFlags(args []string) (config, error) {
	var c config
	fs := flag.NewFlagSet("benchemulator", flag.ContinueOnError)
	fs.Func("bigquery", "an emulator of BigQuery, `NAME=COMMAND` or NAME=http://HOST:PORT; may be given several times", addSubject(&c.BigQuery))
	fs.Func("pubsub", "an emulator of Pub/Sub, `NAME=COMMAND` or NAME=HOST:PORT; may be given several times", addSubject(&c.PubSub))
	fs.IntVar(&c.Selects, "selects", 100_000, "`number` of SELECT 1s that are asked one after the other")
	fs.DurationVar(&c.For, "for", 5*time.Second, "how long each rate is measured; SELECT 1s, and each query of TPC-H, end after 60 times as long")
	fs.Float64Var(&c.Scale, "scale", 0.1, "scale `factor` of TPC-H: 0.1 is 600,000 lines of orders")
	fs.BoolVar(&c.OnlyTPCH, "only-tpch", false, "of BigQuery measure only the start and TPC-H")
	fs.DurationVar(&c.Everything, "everything", time.Minute, "how long a query that asks for everything may run before it is cancelled")
	fs.IntVar(&c.Messages, "messages", 100_000, "`number` of messages of 1 kB that go through Pub/Sub")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	switch {
	case fs.NArg() > 0:
		return c, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case len(c.BigQuery)+len(c.PubSub) == 0:
		return c, errors.New("nothing to measure: give -bigquery or -pubsub")
	case c.Selects < 2000 || c.For <= 0 || !(c.Scale > 0) || c.Everything <= 0 || c.Messages < 1:
		return c, errors.New("want -selects of 2000 at least, and more than 0 of -for, -scale, -everything and -messages")
	}
	return c, nil
}

// addSubject reads NAME=COMMAND or NAME=ADDRESS.
func addSubject(to *[]subject) func(string) error {
	return func(s string) error {
		name, what, ok := strings.Cut(s, "=")
		if !ok || name == "" || what == "" {
			return fmt.Errorf("%q: want NAME=COMMAND or NAME=ADDRESS", s)
		}
		x := subject{name: name}
		if strings.Contains(what, " ") {
			x.command = strings.Fields(what)
		} else {
			x.address = strings.TrimPrefix(what, "http://")
		}
		*to = append(*to, x)
		return nil
	}
}

func run(ctx context.Context, c config) error {
	var out table
	if len(c.BigQuery) > 0 {
		if err := measureBigQuery(ctx, c, &out); err != nil {
			fmt.Fprintln(os.Stderr, err) // what was measured by then is worth as much
		}
	}
	for _, s := range c.PubSub {
		if err := measurePubSub(ctx, c, s, &out); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", s.name, err)
		}
	}
	fmt.Printf("%s\n\n%s", machine(), out.markdown())
	return ctx.Err()
}
