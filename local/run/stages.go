package run

import (
	"cmp"
	"context"
	"fmt"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

// stages is where the functions run: in children or in this process.
type stages interface {
	// stop ends a function at once, as a kill does, and start serves it again. Of
	// children, bridge, ingest and aggregate share one process, and stop together.
	stop(name string) error
	start(ctx context.Context, name string) error
	// processor is that of a function; nil where it can't be taken away.
	processor(name string) cloudrun.Processor
	// processes are the ids of the children by function; nil where there are none.
	processes() map[string]int
	close() error
}

func (s *System) startStages(ctx context.Context) error {
	var err error
	if s.options.InProcess {
		s.stages, err = s.startInProcess(ctx)
	} else {
		s.stages, err = s.startChildren(ctx)
	}
	if err != nil {
		return err
	}
	s.onClose(partFunctions, s.stages.close)
	return nil
}

// Stop ends a function at once, as a crash does: requests under way are cut off.
func (s *System) Stop(function string) error { return s.stages.stop(function) }

// Restart has a stopped function serve again, from a new start.
func (s *System) Restart(ctx context.Context, function string) error {
	return s.stages.start(ctx, function)
}

// Processes are the process ids by function. Several functions may have the same;
// it is nil if they run in this process.
func (s *System) Processes() map[string]int { return s.stages.processes() }

// functionURL is where a function is called.
func (s *System) functionURL(name string) string {
	switch {
	case s.profile == nil:
		return s.servedURL(name)
	case name == settings.Dashboard:
		return "http://" + s.addresses.Dashboard
	}
	return "http://" + s.addresses.Functions + "/" + name
}

// servedURL is where a function itself answers.
func (s *System) servedURL(name string) string {
	if name == settings.Dashboard || s.apart[name] != "" {
		return s.servedHost(name)
	}
	return s.servedHost(name) + "/" + name
}

// servedHost is the root of what serves a function.
func (s *System) servedHost(name string) string {
	if name == settings.Dashboard {
		return "http://" + s.served.dashboard
	}
	return "http://" + cmp.Or(s.apart[name], s.served.functions)
}

// URL of the dashboard.
func (s *System) URL() string { return s.functionURL(settings.Dashboard) }

// CaughtUp has a function end as soon as nothing is left to do.
var CaughtUp = drain.Request{Until: drain.CaughtUp}

// Bridge calls the bridge, for all partitions.
func (s *System) Bridge(ctx context.Context, r drain.Request) (drain.BridgeSummary, error) {
	summary, err := s.caller().Bridge(ctx, s.functionURL(settings.Bridge), drain.BridgeRequest{Request: r})
	return summary, called(settings.Bridge, err)
}

// Aggregate calls the aggregate.
func (s *System) Aggregate(ctx context.Context, r drain.Request) (drain.AggregateSummary, error) {
	summary, err := s.caller().Aggregate(ctx, s.functionURL(settings.Aggregate), drain.AggregateRequest{Request: r})
	return summary, called(settings.Aggregate, err)
}

func (s *System) caller() drain.Client { return drain.Client{HTTP: s.client} }

func called(function string, err error) error {
	if err != nil {
		return fmt.Errorf("call %s: %w", function, err)
	}
	return nil
}
