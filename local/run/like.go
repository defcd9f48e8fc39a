package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/scheduler"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

// Like names what a system is to behave like: "cloud" gives everything the times of
// Google Cloud and brings its refusals, "cloud/20" does so at 20 times the speed, "" makes
// everything as quick as it can be. The functions have the settings that Terraform has by
// default, Cloud Run before them, and a process each, without a processor between
// requests; Options.InProcess leaves out the last two.
//
// A *Like is the value of a flag.
type Like string

// profile is that of package profile; nil for "".
func (l Like) profile(seed uint64, rows map[string]int64) (*profile.Profile, error) {
	return profile.Parse(string(l), profile.Options{Seed: seed, Rows: rows})
}

// Speed is how many times as fast as the cloud it is; 1 for "" and for a name that Set
// refuses.
func (l Like) Speed() float64 {
	p, _ := l.profile(0, nil)
	return p.Speed()
}

// Set implements the interface of a flag's value.
func (l *Like) Set(s string) error {
	if s == "" {
		return errors.New(`want "cloud", or "cloud/20" for 20 times its speed`)
	}
	if _, err := Like(s).profile(0, nil); err != nil {
		return err
	}
	*l = Like(s)
	return nil
}

// String implements the interface of a flag's value.
func (l *Like) String() string { return string(*l) }

// Type is what a flag's help calls the value.
func (l *Like) Type() string { return "string" }

// tellOthers says which parts are other programs, whose times are their own.
func (s *System) tellOthers() {
	for _, name := range []string{"KAFKA_BROKERS", "PUBSUB_EMULATOR_HOST", "BIGQUERY_EMULATOR_HOST"} {
		if where := s.options.Getenv(name); s.profile != nil && where != "" {
			s.log.Warn("the part of the environment isn't made like the cloud: it has times of its own", "variable", name, "at", where, "like", s.profile)
		}
	}
}

// Speed is how many times as fast as the cloud the system is; 1 where it isn't like it.
func (s *System) Speed() float64 { return s.profile.Speed() }

// Like names the profile; "" for none.
func (s *System) Like() string { return s.profile.String() }

// Patience is how long a caller waits while the count doesn't move.
func (s *System) Patience() time.Duration {
	if s.profile == nil {
		return Patience
	}
	// The cloud calls a count complete minutes after the last record.
	return 3 * Patience
}

// startTimes are what a cold start is to the profile.
var startTimes = map[string]profile.Operation{
	settings.Bridge: profile.RunStartBridge, settings.Ingest: profile.RunStart,
	settings.Aggregate: profile.RunStartAggregate, settings.Dashboard: profile.RunStart,
}

// startGates puts Cloud Run before each function, where the system is like the cloud.
func (s *System) startGates(ctx context.Context) error {
	if s.profile == nil {
		return nil
	}
	var dashboard http.Handler
	others := http.NewServeMux()
	for name, service := range settings.CloudServices() {
		gate, err := cloudrun.New(cloudrun.Service{
			Name: name, Concurrency: service.Concurrency, MinInstances: service.MinInstances, MaxInstances: service.MaxInstances,
			Timeout: service.Timeout, Internal: service.Internal,
			Start: startTimes[name], URL: s.servedHost(name), Processor: s.stages.processor(name),
		}, s.profile, s.logOf("cloudrun"))
		if err != nil {
			return err
		}
		if name == settings.Dashboard {
			dashboard = gate
			continue
		}
		if s.apart[name] != "" { // which serves at /
			others.Handle("/"+name, http.StripPrefix("/"+name, gate))
			continue
		}
		others.Handle("/"+name, gate)
	}
	for address, h := range map[string]http.Handler{s.addresses.Dashboard: dashboard, s.addresses.Functions: others} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("serve Cloud Run: %w", err)
		}
		server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		s.onClose(partGates, server.Close)
		go server.Serve(l) // ends with Close
	}
	return nil
}

// cloudJobs are the jobs that Terraform makes, with the one by which a person catches up.
func (s *System) cloudJobs() []scheduler.Job {
	var jobs []scheduler.Job
	all := settings.CloudJobs(s.profile.Speed())
	all[drain.RebuildJob] = settings.CloudRebuildJob()
	for name, job := range all {
		jobs = append(jobs, scheduler.Job{
			Name: name, Schedule: job.Schedule, URL: s.functionURL(job.Function), Body: []byte(job.Body),
			Header:          http.Header{"Content-Type": {"application/json"}},
			AttemptDeadline: s.profile.Scale(job.Deadline),
		})
	}
	return jobs
}
