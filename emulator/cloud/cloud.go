// Package cloud is the control plane of a small Google Cloud: the APIs that Terraform,
// gcloud and bq use, on one loopback address. It is a proxy that answers for Google's
// hosts, and serves the same APIs by plain HTTP below a path each: /pubsub/v1/….
package cloud

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/tallystream/tallystream/emulator/cloud/functions"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/sink"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/proxy"
	"github.com/tallystream/tallystream/emulator/cloud/run"
	"github.com/tallystream/tallystream/emulator/cloud/scheduler"
	"github.com/tallystream/tallystream/emulator/cloud/token"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Options configure a Cloud.
type Options struct {
	// Addr is the host:port to listen on, of the loopback interface; empty is a free port.
	Addr string
	// Projects are the ids of the projects that there are, the default one first.
	Projects []string
	// Region is the default one.
	Region string
	// Owner is the address of the account that owns the projects.
	Owner string
	// PubSub, BigQuery and BigQueryStorage are the host:port of the emulators. An empty
	// one isn't served.
	PubSub, BigQuery, BigQueryStorage string
	// Kafka is the host:port of a Kafka beside the cloud, which programs are told of.
	Kafka string
	// Policies are those of the cloud; nil makes new ones. Who starts BigQuery's emulator
	// with guard.BigQueryPermissions gives them to both.
	Policies *policy.Policies
	// Buckets are made those of the cloud's Cloud Storage: who starts BigQuery's emulator with them gives
	// them to both. Nil is nobody's.
	Buckets *Buckets
	// Dir is a folder for objects' contents and functions' programs. Empty is a temporary
	// one; what is put there is removed by Close in both cases.
	Dir string
	// Enforce refuses callers of functions, Pub/Sub, BigQuery and service accounts' tokens
	// that lack the permission, and functions whose account may not read their secrets.
	Enforce bool
	// Profile has the times of Google Cloud for functions; nil takes no time.
	Profile *profile.Profile
	// Logger receives failures of connections; nil discards them.
	Logger *slog.Logger
}

// Cloud is a control plane that runs.
type Cloud struct {
	options  Options
	policies *policy.Policies
	services map[string]http.Handler // by the name of the host before .googleapis.com
	names    []func() []string       // of the services' resources
	proxy    *proxy.Server
	ready    chan struct{} // closed when services are composed
	stop     context.CancelFunc
	dir      string // of this cloud's files
	deployed *functions.Service
	running  *run.Services
	jobs     *scheduler.Service
	logs     *logging.Service
	sinks    *sink.Deliverer

	mu    sync.Mutex
	gates map[string]*gate // by account
}

// Start serves until Close.
func Start(ctx context.Context, o Options) (*Cloud, error) {
	switch {
	case len(o.Projects) == 0 || slices.Contains(o.Projects, ""):
		return nil, errors.New("start the local cloud: it needs the id of a project")
	case o.Owner == "":
		return nil, errors.New("start the local cloud: it needs the account that owns the projects")
	case o.Region == "":
		return nil, errors.New("start the local cloud: it needs a region")
	}
	if o.Policies == nil {
		o.Policies = policy.New()
	}
	dir, err := os.MkdirTemp(o.Dir, "cloud-")
	if err != nil {
		return nil, fmt.Errorf("start the local cloud: make a folder for its files: %w", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &Cloud{options: o, policies: o.Policies, ready: make(chan struct{}), stop: stop, dir: dir, gates: map[string]*gate{}}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// start listens, and composes the services: some of them have to know the address.
func (c *Cloud) start(ctx context.Context) error {
	o := c.options
	var err error
	if c.proxy, err = proxy.Start(ctx, proxy.Options{Addr: o.Addr, Answers: answers, Handler: c, Logger: o.Logger}); err != nil {
		return err
	}
	for _, id := range o.Projects {
		owner := policy.Binding{Role: "roles/owner", Members: []string{token.Member(o.Owner)}}
		if _, err := c.policies.Set(policy.Project("projects/"+id), policy.Policy{Bindings: []policy.Binding{owner}}); err != nil {
			return fmt.Errorf("start the local cloud: %w", err)
		}
	}
	if err := c.compose(ctx); err != nil {
		return fmt.Errorf("start the local cloud: %w", err)
	}
	close(c.ready)
	return nil
}

// Addr is the host:port of the cloud.
func (c *Cloud) Addr() string { return c.proxy.Addr() }

// Resources are the full names of what the control plane keeps, sorted: what Pub/Sub and
// BigQuery have isn't among them.
func (c *Cloud) Resources() []string {
	var all []string
	for _, names := range c.names {
		all = append(all, names()...)
	}
	slices.Sort(all)
	return all
}

// Close ends all that was started, and removes what it has kept.
func (c *Cloud) Close() error {
	c.stop()
	var errs []error
	if c.proxy != nil {
		errs = append(errs, c.proxy.Close())
	}
	if c.jobs != nil {
		c.jobs.Close()
	}
	if c.sinks != nil {
		c.sinks.Wait()
	}
	if c.deployed != nil {
		c.deployed.Wait()
	}
	if c.running != nil {
		c.running.Close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.gates {
		errs = append(errs, g.server.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}
