package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/internal/loopback/loopbacktest"
)

func TestStartAllOrNone(t *testing.T) {
	var closed []string
	fake := func(name string, err error) starter {
		return starter{
			addr: func(options) string { return "" },
			start: func(context.Context, options, string, *slog.Logger) (*emulator, error) {
				if err != nil {
					return nil, err
				}
				return &emulator{Name: name, Close: func() error { closed = append(closed, name); return nil }}, nil
			},
		}
	}
	boom := errors.New("boom")
	_, err := startAll(t.Context(), options{}, slog.New(slog.DiscardHandler), fake("a", nil), fake("b", nil), fake("c", boom), fake("d", nil))
	if !errors.Is(err, boom) {
		t.Errorf("error %v, want %v", err, boom)
	}
	if diff := cmp.Diff([]string{"b", "a"}, closed); diff != "" {
		t.Errorf("closed (-want +got):\n%s", diff)
	}
}

// Whatever the machine lacks, the user reads what it is and which flag helps.
func TestStartProblems(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	port := taken.Addr().String()
	for _, test := range []struct {
		name  string
		o     options
		start starter
		want  []string
	}{
		{"kafka's port", options{Kafka: port}, kafkaStarter, []string{port, "already in use", "-kafka"}},
		{"pubsub's port", options{PubSub: port}, pubsubStarter, []string{port, "already in use", "-pubsub"}},
		{"directory", options{Kafka: "127.0.0.1:0", Dir: file}, kafkaStarter, []string{file, "-dir"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := startAll(t.Context(), test.o, slog.New(slog.DiscardHandler), test.start)
			loopbacktest.Says(t, err, test.want...)
		})
	}
}

func TestBuckets(t *testing.T) {
	dir := t.TempDir()
	for want, o := range map[string]options{"given": {Buckets: "given", Dir: dir}, filepath.Join(dir, "buckets"): {Dir: dir}} {
		if got, remove, err := bucketsOf(o); err != nil || got != want || remove() != nil {
			t.Errorf("%+v: %s, %v; want %s", o, got, err, want)
		}
	}
	got, remove, err := bucketsOf(options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(got); err != nil {
		t.Error(err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(got); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a temporary folder stays: %v", err)
	}
}
