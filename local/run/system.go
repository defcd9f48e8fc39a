package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/emulator/scheduler"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// System is everything that Start started.
type System struct {
	options  Options
	log      *slog.Logger
	settings map[string]string // of the functions
	cloud    endpoint.Cloud
	kafka    endpoint.Kafka
	client   *http.Client

	warehouse endpoint.Warehouse
	tables    query.Warehouse

	addresses settings.Addresses // where everything is
	served    listeners          // where the functions themselves are
	apart     map[string]string  // addresses of functions that have a process each; else nil
	profile   *profile.Profile   // of Options.Like, nil for none
	pubsub    *pubsub.Server     // nil where another one is used
	embedded  Embedded
	stages    stages
	schedule  *scheduler.Scheduler // nil without one
	closers   []closer
	ending    atomic.Bool // Close was called
}

// Embedded says which parts are emulators of this process, or a server that it started.
type Embedded struct{ Kafka, PubSub, BigQuery, Postgres bool }

type closer struct {
	part  part
	close func() error
}

// part is something that runs. Parts are stopped in this order: a part stops before
// those that it calls.
type part int

const (
	partSchedule part = iota
	partPubSub
	partGates
	partFunctions
	partClient
	partWarehouse
	partKafka
)

func (p part) String() string {
	return [...]string{"the schedule", "Pub/Sub", "Cloud Run", "the functions", "the client of the warehouse", "the warehouse", "Kafka"}[p]
}

// Start starts everything and returns once it is ready. What was started ends
// with Close, or with ctx.
func Start(ctx context.Context, o Options) (_ *System, err error) {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Partitions == 0 {
		o.Partitions = 4
	}
	fillAddresses(&o.Addresses)
	s := &System{options: o, log: o.Logger, addresses: o.Addresses, client: newHTTPClient()}
	if s.profile, err = o.Like.profile(o.Seed, o.Rows); err != nil {
		return nil, err
	}
	if s.profile == nil && len(o.Rows) > 0 {
		return nil, errors.New("rows of larger tables count for the times of a profile alone: name one in Like")
	}
	s.tellOthers()
	s.settings = s.initialSettings()
	if err := s.chooseWarehouse(); err != nil {
		return nil, err
	}
	if err := s.checkAddresses(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	for _, step := range []func(context.Context) error{
		s.placeElection, s.startKafka, s.startPubSub, s.startWarehouse, s.configure, s.createTables, s.startStages, s.startGates, s.createSubscriptions,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if o.Scheduled {
		if err := s.startSchedule(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// initialSettings are the defaults, or the cloud's where the system is like it, replaced
// by the environment's values, and these by the options' settings.
func (s *System) initialSettings() map[string]string {
	values := settings.Defaults()
	if s.profile != nil {
		maps.Copy(values, settings.Cloud(s.profile.Speed()))
	}
	for name := range values {
		if v := s.options.Getenv(name); v != "" {
			values[name] = v
		}
	}
	maps.Copy(values, s.options.Settings)
	return values
}

// Getenv is the environment of the functions: with shared/endpoint it leads to
// the same Kafka, Pub/Sub and warehouse.
func (s *System) Getenv(name string) string {
	if v, ok := s.settings[name]; ok {
		return v
	}
	return s.options.Getenv(name)
}

// configure reads the environment as the functions will, so that a mistake in it is
// an error of Start.
func (s *System) configure(ctx context.Context) error {
	if err := checkConfiguration(s.Getenv); err != nil {
		return err
	}
	env := config.From(s.Getenv)
	s.cloud, s.kafka, s.warehouse = endpoint.CloudFrom(env), endpoint.KafkaFrom(env), endpoint.WarehouseFrom(env)
	if err := env.Err(); err != nil {
		return err
	}
	return s.cloud.Reach(ctx)
}

// Addresses is where everything listens.
func (s *System) Addresses() settings.Addresses { return s.addresses }

// Embedded says which parts are emulators.
func (s *System) Embedded() Embedded { return s.embedded }

// Cloud leads to Pub/Sub and BigQuery.
func (s *System) Cloud() endpoint.Cloud { return s.cloud }

// Kafka leads to the broker.
func (s *System) Kafka() endpoint.Kafka { return s.kafka }

// Warehouse leads to the tables.
func (s *System) Warehouse() endpoint.Warehouse { return s.warehouse }

// Tables is a client of the warehouse that lives as long as the system.
func (s *System) Tables() query.Warehouse { return s.tables }

// HMACKey is the key that voters' ids are stored under.
func (s *System) HMACKey() []byte { return []byte(s.settings["HMAC_KEY"]) }

// onClose remembers what to close.
func (s *System) onClose(p part, close func() error) {
	s.closers = append(s.closers, closer{p, close})
}

// Close stops everything, within seconds.
func (s *System) Close() error {
	s.ending.Store(true)
	slices.SortStableFunc(s.closers, func(a, b closer) int { return cmp.Compare(a.part, b.part) })
	var errs []error
	for _, c := range s.closers {
		started := time.Now()
		if err := c.close(); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", c.part, err))
		}
		s.log.Debug("stopped", "part", c.part, "took", time.Since(started))
	}
	s.closers = nil
	s.client.CloseIdleConnections()
	return errors.Join(errs...)
}

func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // everything is on this machine
	transport.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: transport}
}
