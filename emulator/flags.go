package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// off is what an address flag is set to where the emulator isn't wanted.
const off = "off"

// options are the command's flags.
type options struct {
	Kafka, PubSub, BigQuery, Storage string // host:port, or off
	Anywhere                         bool   // addresses of other interfaces than the loopback one
	Dir                              string // "" keeps all in memory
	Buckets                          string // folder in place of Cloud Storage
	Memory                           int64  // bytes of BigQuery's queries; 0 is half of the machine's
	Project                          string
	Topics                           map[string]int32 // of Kafka, with partitions
	Partitions                       int
	Retention                        time.Duration
	Like                             string // a profile's name, "" for none
	Seed                             uint64 // of the profile
	Profile                          *profile.Profile
	Verbose                          bool
}

// parseFlags parses and checks the command line; flag.ErrHelp means that the
// usage was asked for and written to out.
func parseFlags(args []string, out io.Writer) (options, error) {
	o := options{Topics: map[string]int32{}}
	fs := flag.NewFlagSet("emulator", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are returned
	fs.StringVar(&o.Kafka, "kafka", "127.0.0.1:9092", "`address` of Kafka, or off")
	fs.StringVar(&o.PubSub, "pubsub", "127.0.0.1:8085", "`address` of Pub/Sub, or off")
	fs.StringVar(&o.BigQuery, "bigquery", "127.0.0.1:9050", "`address` of BigQuery's REST API, or off")
	fs.StringVar(&o.Storage, "bigquery-storage", "127.0.0.1:9060", "`address` of BigQuery's Storage Read and Write APIs (gRPC)")
	fs.BoolVar(&o.Anywhere, "anywhere", false, "let Pub/Sub and BigQuery listen on addresses that others reach, such as 0.0.0.0:9050 in a container: there is no authentication")
	fs.StringVar(&o.Dir, "dir", "", "`directory` that keeps the data; without it everything is in memory")
	fs.StringVar(&o.Buckets, "buckets", "", "`directory` in place of Cloud Storage: BigQuery loads from gs://b/x.csv its file b/x.csv, and exports there; the default is buckets in -dir, or else a temporary one")
	fs.Func("memory", "`size` of the memory that BigQuery's queries may take, like 2GiB, and results a quarter as much beside it; the default is half of the machine's", o.parseMemory)
	fs.StringVar(&o.Project, "project", "tallystream-local", "`id` of the Google Cloud project that the printed environment names")
	fs.Func("topics", "Kafka topics to create, `name[=partitions],…`", func(s string) error { return parseTopics(s, o.Topics) })
	fs.IntVar(&o.Partitions, "partitions", 4, "`number` of partitions of Kafka topics that don't say")
	fs.DurationVar(&o.Retention, "retention", 0, "drop Kafka records older than this `duration`; 0 keeps them")
	fs.StringVar(&o.Like, "like", "", "`profile` of the times and refusals: cloud, or cloud/20 for 20 times the cloud's speed; without it everything is as quick as it can be")
	fs.Uint64Var(&o.Seed, "seed", 1, "`number` that decides the times that -like draws")
	fs.BoolVar(&o.Verbose, "v", false, "log every request of the emulators that can")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(out, "Runs Kafka, Pub/Sub and BigQuery on this machine, for any program.\n\nusage: go run ./emulator [flags]\n\n")
		fs.SetOutput(out)
		fs.PrintDefaults()
		return o, err
	case err != nil:
		return o, fmt.Errorf("%w; -help lists the flags", err)
	case fs.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; -help lists the flags", fs.Arg(0))
	}
	fs.Visit(func(f *flag.Flag) {
		if f.Name == "seed" && o.Like == "" {
			err = errors.New("-seed decides the times of -like: give that too")
		}
	})
	return o, errors.Join(err, o.validate())
}

func (o *options) validate() error {
	var errs []error
	if o.Kafka == off && o.PubSub == off && o.BigQuery == off {
		errs = append(errs, errors.New("everything is off: nothing to run"))
	}
	if o.Anywhere && o.Kafka != off {
		errs = append(errs, errors.New("-anywhere is not for Kafka, which tells clients the address to come to: add -kafka=off, or leave -anywhere out and share the network of the host"))
	}
	if o.Partitions < 1 || o.Partitions > 10_000 {
		errs = append(errs, fmt.Errorf("-partitions %d: want 1 to 10000", o.Partitions))
	}
	if o.Retention < 0 {
		errs = append(errs, fmt.Errorf("-retention %v: must not be negative", o.Retention))
	}
	var err error
	if o.Profile, err = profile.Parse(o.Like, profile.Options{Seed: o.Seed}); err != nil {
		errs = append(errs, fmt.Errorf("-like: %w", err))
	}
	if o.Project == "" {
		errs = append(errs, errors.New("-project is empty"))
	}
	return errors.Join(errs...)
}

// minMemory is what queries work with at all.
const minMemory = 64 << 20

// parseMemory reads a size such as 512MiB or 2GiB.
func (o *options) parseMemory(s string) error {
	for unit, bytes := range map[string]int64{"MiB": 1 << 20, "GiB": 1 << 30} {
		number, ok := strings.CutSuffix(s, unit)
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
		if ok && err == nil && n*bytes >= minMemory {
			o.Memory = n * bytes
			return nil
		}
	}
	return errors.New("want a size such as 512MiB or 2GiB, of at least 64MiB")
}

// parseTopics adds the topics of "votes=4,voters" to into.
func parseTopics(s string, into map[string]int32) error {
	for _, item := range strings.Split(s, ",") {
		name, count, counted := strings.Cut(item, "=")
		if name == "" {
			return fmt.Errorf("want name or name=partitions, separated by commas")
		}
		into[name] = 0
		if !counted {
			continue
		}
		n, err := strconv.ParseInt(count, 10, 32)
		if err != nil || n < 1 {
			return fmt.Errorf("topic %s: %q isn't a number of partitions", name, count)
		}
		into[name] = int32(n)
	}
	return nil
}

// logger writes to w what concerns the user, or with -v everything.
func (o *options) logger(w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	if o.Verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
