package pubsub

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/profile"
)

const (
	defaultGrace      = 5 * time.Second
	defaultPullWait   = 5 * time.Second
	defaultPushWindow = 1000
	defaultPushBytes  = 64 << 20
)

// Options configures a Server. The zero value is a server on a free port.
type Options struct {
	// Addr is the host:port to listen on. The host must be 127.0.0.1 (or
	// localhost, or empty); port 0, and an empty Addr, take a free port.
	Addr string

	// Anywhere allows other hosts in Addr. Whoever gets there may do all.
	Anywhere bool

	// Dir keeps topics, subscriptions, snapshots, schemas and the messages that
	// are unacknowledged or retained on disk, so that they are there after a
	// restart, or after the process was killed.
	// Counts of attempts begin anew. Empty keeps them in memory.
	Dir string

	// PushWindow bounds how many pushes of one subscription are outstanding;
	// 0 means 1000. Delivery starts slower and grows with success.
	PushWindow int

	// PushBytes bounds the bytes of the messages that are outstanding with
	// one subscription's endpoint; 0 means 64 MiB. One message always fits.
	PushBytes int

	// PullWait is how long a unary pull waits for a first message before it
	// answers that there is none; 0 means 5 s.
	PullWait time.Duration

	// Grace is how long Close waits for outstanding pushes; 0 means 5 s.
	Grace time.Duration

	// Profile gives publishes, pushes and changes of topics and subscriptions the time
	// that they take on Google Cloud; nil is none.
	Profile *profile.Profile

	// Logger receives failing and recovering endpoints and dead letters, and
	// at debug level every failed push. Nil discards them.
	Logger *slog.Logger
}

// complete fills in defaults and returns every problem at once.
func (o *Options) complete() error {
	var errs []error
	address := loopback.Address
	if o.Anywhere {
		address = loopback.Anywhere
	}
	addr, err := address(o.Addr)
	if err != nil {
		errs = append(errs, err)
	}
	o.Addr = addr
	errs = append(errs,
		orDefault("push window", &o.PushWindow, defaultPushWindow), orDefault("push bytes", &o.PushBytes, defaultPushBytes),
		orDefault("grace", &o.Grace, defaultGrace), orDefault("pull wait", &o.PullWait, defaultPullWait),
	)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return errors.Join(errs...)
}

// orDefault sets what is zero to its default, and refuses what is negative.
func orDefault[T int | time.Duration](name string, value *T, otherwise T) error {
	if *value < 0 {
		return fmt.Errorf("%s %v: must not be negative", name, *value)
	}
	if *value == 0 {
		*value = otherwise
	}
	return nil
}
