package cloud

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/compute"
	"github.com/tallystream/tallystream/emulator/cloud/functions"
	"github.com/tallystream/tallystream/emulator/cloud/guard"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/metric"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/run"
	"github.com/tallystream/tallystream/emulator/cloud/scheduler"
	"github.com/tallystream/tallystream/emulator/cloud/secretmanager"
	"github.com/tallystream/tallystream/emulator/cloud/storage"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// compose makes the services.
func (c *Cloud) compose(ctx context.Context) error {
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
	kept := keeping(ctx, c.policies, []string{o.Region})
	for name, service := range kept {
		c.services[name] = service
		c.names = append(c.names, service.Names)
	}
	c.logs = logging.New(c.services["logging"])
	c.services["logging"] = c.logs
	c.services["monitoring"] = metric.New(kept["monitoring"], c.logs, kept["logging"].Resources)
	c.jobs = scheduler.New(ctx, scheduler.Options{
		Locations: []string{o.Region}, Profile: o.Profile, Logger: o.Logger,
		Sink: func(labels map[string]string, line []byte) {
			c.line(run.Resource{Type: "cloud_scheduler_job", Labels: labels}, nil, line)
		},
	})
	c.services["cloudscheduler"] = c.jobs
	c.names = append(c.names, c.jobs.Names)
	if o.PubSub != "" {
		c.services["pubsub"] = guard.PubSub(o.PubSub, c.policies, o.Enforce)
	}
	if o.BigQuery != "" {
		c.services["bigquery"] = guard.BigQuery(o.BigQuery, c.policies, o.Enforce)
		c.services["datacatalog"] = guard.DataCatalog(o.BigQuery, c.policies, o.Enforce)
		c.services["bigquerydatapolicy"] = guard.DataPolicy(o.BigQuery, c.policies, o.Enforce)
	}
	if o.BigQueryStorage != "" {
		c.services["bigquerystorage"] = guard.BigQueryStorage(o.BigQueryStorage, c.policies, o.Enforce)
	}
	objects, err := c.composeFunctions(ctx)
	if err != nil {
		return err
	}
	c.sinks = c.deliver(ctx, kept["logging"], objects)
	return nil
}

// composeFunctions makes the services of functions: where their source is, where their
// secrets are, what builds them and what runs them.
func (c *Cloud) composeFunctions(ctx context.Context) (*storage.Service, error) {
	o := c.options
	objects, err := storage.New(storage.Options{
		Policies: c.policies, Dir: filepath.Join(c.dir, "objects"),
		URL: "http://" + c.Addr() + "/storage", // reached without a proxy, and with one
	})
	if err != nil {
		return nil, err
	}
	if o.Buckets != nil {
		o.Buckets.service.Store(objects)
	}
	builds := filepath.Join(c.dir, "builds")
	if err := os.Mkdir(builds, 0o700); err != nil {
		return nil, err
	}
	secrets, records := secretmanager.New(c.policies), build.NewRecords()
	c.running, err = run.New(run.Options{
		Policies: c.policies, EnforceInvoker: o.Enforce, Profile: o.Profile, Throttle: o.Profile != nil,
		Sink: c.line, Environment: c.Emulators, Log: o.Logger,
	})
	if err != nil {
		return nil, err
	}
	c.deployed = functions.New(ctx, functions.Options{
		Sources: objects, Secrets: secrets, Services: c.running, Builds: build.NewCache(builds), Records: records,
		Policies: c.policies, EnforceSecrets: o.Enforce, Sink: c.line,
	})
	c.services["storage"], c.services["secretmanager"] = objects, secrets
	c.services["cloudfunctions"], c.services["cloudbuild"], c.services["run"] = c.deployed, records, c.running
	c.names = append(c.names, objects.Names, secrets.Names, c.deployed.Names, c.running.Names)
	return objects, nil
}

// line takes a line of a log, of a build, an instance or a job.
func (c *Cloud) line(resource run.Resource, labels map[string]string, line []byte) {
	c.logs.Write(logging.Resource(resource), labels, line)
	if c.options.Logger != nil {
		c.options.Logger.Debug(string(line), slog.String("resource", resource.Type), slog.String("service", resource.Labels["service_name"]))
	}
}
