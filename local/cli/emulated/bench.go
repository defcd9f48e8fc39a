package emulated

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/shared/election"
)

func benchCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("bench")
	flags := c.Flags()
	var m bench.Config
	flags.IntVar(&m.Votes, "votes", 1_000_000, "`NUMBER` of votes of the throughput; 0 leaves it out")
	flags.Float64Var(&m.LatencyRate, "rate", 2000, "`VOTES` per second while latency is measured; 0 leaves it out")
	flags.DurationVar(&m.LatencyFor, "for", 30*time.Second, "how long latency is measured, a `TIME`")
	flags.IntVar(&m.StageVotes, "stage-votes", 300_000, "`NUMBER` of votes of each stage on its own; 0 leaves them out")
	flags.DurationVar(&m.DashboardFor, "dashboard-for", 3*time.Second, "how long the dashboard is asked, a `TIME`")
	flags.IntVar(&m.ColdStartTimes, "cold-starts", 10, "`NUMBER` of starts of each function; 0 leaves them out")
	surge := flags.Bool("surge", false, "measure a surge, and nothing else")
	flags.Float64Var(&m.SurgeFactor, "surge-factor", 10, "how many times --rate a surge is, a `NUMBER`")
	flags.DurationVar(&m.SurgeFor, "surge-for", 30*time.Second, "how long it lasts, a `TIME`")
	partitions := partitionsFlag(flags)
	seed := flags.Uint64("seed", 1, "decides everything that chance does, a `NUMBER`")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		n, err := partitions()
		if err == nil {
			err = cli.Mistake(checkBench(&m))
		}
		if err != nil {
			return err
		}
		day := cli.Yesterday()
		m.Election = simulate.Defaults(day)
		m.Election.Seed, m.Election.Partitions, m.Election.Election = *seed, n, simulate.BuiltIn(day)
		m.Log = func(format string, args ...any) { h.Console.Printf("  "+format, args...) }
		m.Sending = func(sim *simulate.Simulation, p *simulate.Producer) func() {
			return h.Console.Follow(cli.Sending(sim, p))
		}
		m.Start = benchSystem(h, n, *surge)
		if *surge {
			return runSurge(ctx, h, &m)
		}
		return runBench(ctx, h, &m)
	}
	return c
}

// checkBench says what is wrong with the flags.
func checkBench(m *bench.Config) error {
	var errs []error
	for _, flag := range []struct {
		name  string
		value float64
	}{
		{"votes", float64(m.Votes)}, {"rate", m.LatencyRate}, {"for", m.LatencyFor.Seconds()}, {"stage-votes", float64(m.StageVotes)},
		{"dashboard-for", m.DashboardFor.Seconds()}, {"cold-starts", float64(m.ColdStartTimes)},
		{"surge-factor", m.SurgeFactor}, {"surge-for", m.SurgeFor.Seconds()},
	} {
		if !(flag.value >= 0) {
			errs = append(errs, fmt.Errorf("--%s is less than 0: want 0 or more", flag.name))
		}
	}
	return errors.Join(errs...)
}

// benchSystem starts a system on free ports, so that another one may run on this
// machine.
func benchSystem(h *cli.Host, partitions int32, apart bool) func(context.Context, *election.Election, bool) (*run.System, error) {
	return func(ctx context.Context, el *election.Election, scheduled bool) (*run.System, error) {
		settings, err := electionSettings(el)
		if err != nil {
			return nil, err
		}
		dashboardThreads := 0
		if !scheduled { // its requests are counted for one core
			dashboardThreads = 1
		}
		return run.Start(ctx, run.Options{
			Getenv: h.Getenv, Settings: settings, Scheduled: scheduled, Partitions: partitions, DashboardThreads: dashboardThreads, Apart: apart,
			Logger: warnings(h),
			Output: h.Console,
		})
	}
}

func thisMachine() string {
	return fmt.Sprintf("%d CPUs, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// benchResult is the last line of standard output.
type benchResult struct {
	Machine    string            `json:"machine"`
	Throughput *bench.Throughput `json:"throughput,omitempty"`
	Latency    *bench.Latency    `json:"latency,omitempty"`
	Stages     *bench.Stages     `json:"stages,omitempty"`

	ColdStarts map[string]bench.ColdStart `json:"cold_starts,omitempty"` // by function
}

func runBench(ctx context.Context, h *cli.Host, c *bench.Config) error {
	r := benchResult{Machine: thisMachine()}
	var wrong error
	if c.ColdStartTimes > 0 {
		h.Console.Printf("Cold starts, of the program that the cloud builds.")
		starts, err := c.ColdStarts(ctx)
		if err != nil {
			return fmt.Errorf("cold starts: %w", err)
		}
		r.ColdStarts = starts
	}
	if c.LatencyRate > 0 {
		h.Console.Printf("Latency at %.0f votes/s for %v.", c.LatencyRate, c.LatencyFor)
		l, err := c.Latency(ctx)
		if err != nil {
			return fmt.Errorf("latency: %w", err)
		}
		r.Latency = &l
	}
	if c.StageVotes > 0 {
		h.Console.Printf("Each stage on its own, with %s votes.", console.Number(int64(c.StageVotes)))
		t, err := c.Stages(ctx)
		if err != nil {
			return err
		}
		r.Stages = &t
	}
	if c.Votes > 0 {
		h.Console.Printf("Throughput with %s votes.", console.Number(int64(c.Votes)))
		t, err := c.Throughput(ctx)
		if err != nil {
			return fmt.Errorf("throughput: %w", err)
		}
		r.Throughput = &t
		if t.Differences > 0 {
			wrong = errors.New("the tables differ from the ledger: see above")
		}
	}
	fmt.Fprint(h.Stdout, benchTable(r))
	return errors.Join(json.NewEncoder(h.Stdout).Encode(r), wrong)
}

// benchTable is the result for people.
func benchTable(r benchResult) string {
	var b strings.Builder
	row := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "  %-46s %s\n", what, fmt.Sprintf(format, args...))
	}
	number := func(f float64) string { return console.Number(int64(f)) }
	fmt.Fprintf(&b, "\nEverything on one machine: %s\n\n", r.Machine)
	if t := r.Throughput; t != nil {
		row("Kafka to the analytics tables", "%s votes/s over %s votes, %s", number(t.VotesPerSecond), console.Number(t.Votes), exactness(t.Differences))
		row("registrations", "%s voters/s over %s voters", number(t.VotersPerSecond), console.Number(t.Voters))
		row("memory of all functions, at most", "%.0f MB resident", t.MemoryMB)
		for _, name := range sortedKeys(t.MemoryParts) {
			row("  "+name, "%.0f MB", t.MemoryParts[name])
		}
	}
	if l := r.Latency; l != nil {
		row(fmt.Sprintf("vote to /api/v1/results at %s votes/s", number(l.Rate)), "p50 %.0f ms, p99 %.0f ms, max %.0f ms", l.P50, l.P99, l.Max)
	}
	if t := r.Stages; t != nil {
		row("simulator alone", "%s records/s", number(t.Simulate))
		row("bridge alone", "%s records/s", number(t.Bridge))
		row("ingest alone", "%s records/s", number(t.Ingest))
		row("aggregate alone", "%s records/s", number(t.Aggregate))
		row("dashboard alone, one core", "%s requests/s", number(t.Dashboard))
	}
	for _, name := range sortedKeys(r.ColdStarts) {
		row("start of "+name+" to its first answer", "p50 %.0f ms, max %.0f ms", r.ColdStarts[name].P50, r.ColdStarts[name].Max)
	}
	return b.String() + "\n"
}

func exactness(differences int) string {
	if differences == 0 {
		return "exact"
	}
	return "NOT exact"
}
