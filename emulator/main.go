//go:build cgo

// Command emulator runs a small Google Cloud on this machine, for any program:
// Kafka, Pub/Sub and BigQuery, with no account, no container and no JVM.
//
//	go run ./emulator -help
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

// run runs the emulators until ctx is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stdout)
	if err != nil {
		return err
	}
	// The emulators' own context doesn't end with Ctrl-C: they are closed in order.
	running, err := startAll(context.WithoutCancel(ctx), o, o.logger(stderr), kafkaStarter, pubsubStarter, bigqueryStarter)
	if err != nil {
		return err
	}
	writeBanner(stdout, o, running)
	<-ctx.Done()
	fmt.Fprintln(stdout, "stopping")
	return closeAll(running)
}

var bigqueryStarter = starter{
	name: "bigquery", flags: "flags -bigquery and -bigquery-storage", addr: func(o options) string { return o.BigQuery },
	start: func(ctx context.Context, o options, dir string, log *slog.Logger) (*emulator, error) {
		buckets, remove, err := bucketsOf(o)
		if err != nil {
			return nil, err
		}
		s, err := bigquery.Start(ctx, bigquery.Options{RESTAddr: o.BigQuery, GRPCAddr: o.Storage, Anywhere: o.Anywhere, Dir: dir, Memory: o.Memory, Buckets: bucket.Folder(buckets), Profile: o.Profile, Logger: log})
		if err != nil {
			return nil, errors.Join(err, remove())
		}
		rest := "http://" + s.REST()
		closeBoth := func() error { return errors.Join(s.Close(), remove()) }
		return &emulator{Name: "BigQuery", Addresses: rest + ", Storage APIs " + s.GRPC() + ", gs:// is " + buckets, Close: closeBoth, Variables: []variable{
			{"BIGQUERY_EMULATOR_HOST", rest},
			{"BIGQUERY_STORAGE_EMULATOR_HOST", s.GRPC()},
		}}, nil
	},
}
