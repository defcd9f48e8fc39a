package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// emulator is one that runs.
type emulator struct {
	Name      string
	Addresses string // for people
	Variables []variable
	Close     func() error
}

// variable is an environment variable that leads a program to an emulator.
type variable struct{ Name, Value string }

// starter starts one emulator.
type starter struct {
	name  string // of the directory for its data, and in its log lines
	flags string // that say its addresses
	addr  func(options) string
	start func(ctx context.Context, o options, dir string, log *slog.Logger) (*emulator, error)
}

// startAll starts the emulators that aren't off: all of them, or none.
func startAll(ctx context.Context, o options, log *slog.Logger, starters ...starter) ([]*emulator, error) {
	var running []*emulator
	for _, s := range starters {
		if s.addr(o) == off {
			continue
		}
		e, err := s.run(ctx, o, log)
		if err != nil {
			return nil, errors.Join(explain(err), closeAll(running))
		}
		running = append(running, e)
	}
	return running, nil
}

// run starts the emulator with a directory of its own.
func (s *starter) run(ctx context.Context, o options, log *slog.Logger) (*emulator, error) {
	dir, err := subdirectory(o.Dir, s.name)
	if err != nil {
		return nil, err
	}
	e, err := s.start(ctx, o, dir, log.With("emulator", s.name))
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, s.flags)
	}
	return e, nil
}

// closeAll closes in the reverse order of the start.
func closeAll(running []*emulator) error {
	var errs []error
	for _, e := range slices.Backward(running) {
		if err := e.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", e.Name, err))
		}
	}
	return errors.Join(errs...)
}

var kafkaStarter = starter{
	name: "kafka", flags: "flag -kafka", addr: func(o options) string { return o.Kafka },
	start: func(ctx context.Context, o options, dir string, log *slog.Logger) (*emulator, error) {
		b, err := kafka.Start(ctx, kafka.Options{
			Addr: o.Kafka, Topics: o.Topics, Partitions: int32(o.Partitions), Retention: o.Retention, Dir: dir, Logger: log,
		})
		if err != nil {
			return nil, err
		}
		return &emulator{Name: "Kafka", Addresses: b.Addr(), Close: b.Close, Variables: []variable{
			{"KAFKA_BROKERS", b.Addr()},
		}}, nil
	},
}

var pubsubStarter = starter{
	name: "pubsub", flags: "flag -pubsub", addr: func(o options) string { return o.PubSub },
	start: func(ctx context.Context, o options, dir string, log *slog.Logger) (*emulator, error) {
		s, err := pubsub.Start(ctx, pubsub.Options{Addr: o.PubSub, Anywhere: o.Anywhere, Dir: dir, Profile: o.Profile, Logger: log})
		if err != nil {
			return nil, err
		}
		return &emulator{Name: "Pub/Sub", Addresses: s.Addr(), Close: s.Close, Variables: []variable{
			{"PUBSUB_EMULATOR_HOST", s.Addr()},
			{"PUBSUB_PROJECT_ID", o.Project},
		}}, nil
	},
}

// subdirectory creates a directory for one emulator; "" stays "".
func subdirectory(dir, name string) (string, error) {
	if dir == "" {
		return "", nil
	}
	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("create the data directory: %w (flag -dir)", err)
	}
	return dir, nil
}

// bucketsOf is the folder in place of Cloud Storage, and removes it if it is a temporary one.
func bucketsOf(o options) (dir string, remove func() error, err error) {
	remove = func() error { return nil }
	switch {
	case o.Buckets != "":
		return o.Buckets, remove, nil
	case o.Dir != "":
		dir, err = subdirectory(o.Dir, "buckets")
		return dir, remove, err
	}
	if dir, err = os.MkdirTemp("", "buckets-"); err != nil {
		return "", nil, fmt.Errorf("make a folder for buckets: %w (flag -buckets)", err)
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

// explain adds to an error what to do about it, where the machine lacks something.
func explain(err error) error {
	var inUse *loopback.InUseError
	switch {
	case errors.As(err, &inUse): // says it all
		return err
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: stop the other program or choose another port", err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: make room on the disk or choose another -dir", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: choose another -dir, or ports above 1023", err)
	}
	return err
}
