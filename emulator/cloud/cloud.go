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
	"slices"
	"sync"

	"github.com/tallystream/tallystream/emulator/cloud/compute"
	"github.com/tallystream/tallystream/emulator/cloud/guard"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/proxy"
	"github.com/tallystream/tallystream/emulator/cloud/token"
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
	// Enforce refuses callers of Pub/Sub, BigQuery and service accounts' tokens that lack
	// the permission.
	Enforce bool
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
	stop     context.CancelFunc

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
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &Cloud{options: o, policies: policy.New(), stop: stop, gates: map[string]*gate{}}
	c.compose(ctx)
	for _, id := range o.Projects {
		owner := policy.Binding{Role: "roles/owner", Members: []string{token.Member(o.Owner)}}
		if _, err := c.policies.Set(policy.Project("projects/"+id), policy.Policy{Bindings: []policy.Binding{owner}}); err != nil {
			stop()
			return nil, fmt.Errorf("start the local cloud: %w", err)
		}
	}
	var err error
	c.proxy, err = proxy.Start(ctx, proxy.Options{Addr: o.Addr, Answers: answers, Handler: c, Logger: o.Logger})
	if err != nil {
		stop()
		return nil, err
	}
	return c, nil
}

// compose makes the services.
func (c *Cloud) compose(ctx context.Context) {
	o := c.options
	projects := project.New(c.policies, o.Projects...)
	iam := project.NewIAM(projects, c.policies)
	computing := compute.New()
	tokens := token.New(iam, c.policies, o.Enforce)
	c.services = map[string]http.Handler{
		"cloudresourcemanager": projects,
		"serviceusage":         project.NewServices(projects),
		"iam":                  iam,
		"compute":              computing,
		"oauth2":               tokens, "openidconnect": tokens, "iamcredentials": tokens,
	}
	c.names = append(c.names, iam.Names, computing.Names)
	for name, service := range keeping(ctx, c.policies, []string{o.Region}) {
		c.services[name] = service
		c.names = append(c.names, service.Names)
	}
	if o.PubSub != "" {
		c.services["pubsub"] = guard.PubSub(o.PubSub, c.policies, o.Enforce)
	}
	if o.BigQuery != "" {
		c.services["bigquery"] = guard.BigQuery(o.BigQuery, c.policies, o.Enforce)
	}
	if o.BigQueryStorage != "" {
		c.services["bigquerystorage"] = guard.BigQueryStorage(o.BigQueryStorage, c.policies, o.Enforce)
	}
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

// Close ends all that was started.
func (c *Cloud) Close() error {
	c.stop()
	errs := []error{c.proxy.Close()}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.gates {
		errs = append(errs, g.server.Close())
	}
	return errors.Join(errs...)
}
