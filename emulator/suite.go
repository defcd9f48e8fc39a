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
	"strings"
	"syscall"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// variable is an environment variable that leads a program to an emulator.
type variable struct{ Name, Value string }

// emulator is one that runs.
type emulator struct {
	Name      string
	Where     string // its addresses, for people
	Variables []variable
	Close     func() error
}

// starter starts one emulator.
type starter func(context.Context, options, *slog.Logger) (*emulator, error)

// startAll starts all of them, or none.
func startAll(ctx context.Context, o options, log *slog.Logger, starters ...starter) ([]*emulator, error) {
	var running []*emulator
	for _, start := range starters {
		e, err := start(ctx, o, log)
		if err != nil {
			return nil, errors.Join(explain(err), closeAll(running))
		}
		if e != nil {
			running = append(running, e)
		}
	}
	return running, nil
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

func startKafka(ctx context.Context, o options, log *slog.Logger) (*emulator, error) {
	if o.Kafka == off {
		return nil, nil
	}
	dir, err := subdirectory(o.Dir, "kafka")
	if err != nil {
		return nil, err
	}
	b, err := kafka.Start(ctx, kafka.Options{
		Addr: o.Kafka, Topics: o.Topics, Partitions: int32(o.Partitions), Retention: o.Retention,
		Dir: dir, Logger: log.With("emulator", "kafka"),
	})
	if err != nil {
		return nil, fmt.Errorf("%w (flag -kafka)", err)
	}
	return &emulator{Name: "Kafka", Where: b.Addr(), Close: b.Close, Variables: []variable{
		{"KAFKA_BROKERS", b.Addr()},
	}}, nil
}

func startPubSub(ctx context.Context, o options, log *slog.Logger) (*emulator, error) {
	if o.PubSub == off {
		return nil, nil
	}
	dir, err := subdirectory(o.Dir, "pubsub")
	if err != nil {
		return nil, err
	}
	s, err := pubsub.Start(ctx, pubsub.Options{Addr: o.PubSub, Dir: dir, Logger: log.With("emulator", "pubsub")})
	if err != nil {
		return nil, fmt.Errorf("%w (flag -pubsub)", err)
	}
	return &emulator{Name: "Pub/Sub", Where: s.Addr(), Close: s.Close, Variables: []variable{
		{"PUBSUB_EMULATOR_HOST", s.Addr()},
		{"PUBSUB_PROJECT_ID", o.Project},
	}}, nil
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

// explain makes a clear sentence of what the machine lacks.
func explain(err error) error {
	switch {
	case strings.Contains(err.Error(), "already in use; "): // says it all
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
