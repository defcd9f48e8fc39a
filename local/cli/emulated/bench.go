package emulated

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/local/stress/bench/pyspark"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func benchCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("bench")
	flags := c.Flags()
	o := benchFlags(flags)
	partitions := partitionsFlag(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		n, err := partitions()
		if err == nil {
			err = cli.Mistake(o.check(flags))
		}
		if err != nil {
			return err
		}
		o.partitions = n
		return o.run(c.Context(), h)
	}
	return c
}

// benchOptions are the flags of the command bench.
type benchOptions struct {
	bench.Config
	like         *run.Like
	likeRate     float64
	likeFor      time.Duration
	national     bool
	nationalRate float64
	surge        bool
	against      string // how PySpark keeps its state; "" measures no PySpark
	warehouses   []string
	partitions   int32
	seed         uint64
}

func benchFlags(flags *pflag.FlagSet) *benchOptions {
	o := new(benchOptions)
	flags.IntVar(&o.Votes, "votes", 1_000_000, "`NUMBER` of votes of the throughput; 0 leaves it out")
	flags.BoolVar(&o.Watched, "watched", false, "have a page poll the results while the throughput is measured: each answer has what isn't settled yet")
	flags.BoolVar(&o.WholeDay, "whole-day", false, "the votes of the throughput were cast over a whole day, as those of a backlog, and not while they are sent: nearly each is in a minute and group of its own")
	flags.Float64Var(&o.LatencyRate, "rate", 2000, "`VOTES` per second while latency is measured; 0 leaves it out")
	flags.DurationVar(&o.LatencyFor, "for", 30*time.Second, "how long latency is measured, a `TIME`")
	flags.IntVar(&o.StageVotes, "stage-votes", 300_000, "`NUMBER` of votes of each stage on its own; 0 leaves them out")
	flags.DurationVar(&o.DashboardFor, "dashboard-for", 3*time.Second, "how long the dashboard is asked, a `TIME`")
	flags.IntVar(&o.ColdStartTimes, "cold-starts", 10, "`NUMBER` of starts of each function; 0 leaves them out")
	o.like = likeFlag(flags)
	flags.Lookup("like").Usage = "measure the latency like this `PROFILE` too, for a small election: cloud (takes some eight minutes), or cloud/4 for 4 times its speed"
	flags.Float64Var(&o.likeRate, "like-rate", 50, "`VOTES` per second, of the profile's, while that latency is measured")
	flags.DurationVar(&o.likeFor, "like-for", 2*time.Minute, "how long it is measured, a `TIME` of the profile's")
	flags.BoolVar(&o.national, "national", false, "with --like, measure a national election too, in the times of its tables, with the settings of docs/cost.md (takes some ten minutes)")
	flags.Float64Var(&o.nationalRate, "national-rate", 500, "`VOTES` per second, of the profile's, while that latency is measured")
	flags.BoolVar(&o.surge, "surge", false, "measure a surge, and nothing else")
	flags.Float64Var(&o.SurgeFactor, "surge-factor", 10, "how many times --rate a surge is, a `NUMBER`")
	flags.DurationVar(&o.SurgeFor, "surge-for", 30*time.Second, "how long it lasts, a `TIME`")
	flags.StringVar(&o.against, "pyspark", "", "compare with PySpark over the topics of an Apache Kafka, and measure nothing else; its state of each voter is kept by `WHAT`: sql, the fastest, or python (make compare-pyspark installs it)")
	flags.Lookup("pyspark").NoOptDefVal = pyspark.SQL
	flags.StringSliceVar(&o.warehouses, "warehouse", nil, "`KINDS` of warehouses, with a comma between, each of which is measured: bigquery, postgres (default $WAREHOUSE, else "+run.DefaultWarehouse+")")
	flags.Uint64Var(&o.seed, "seed", 1, "decides everything that chance does, a `NUMBER`")
	return o
}

// run measures what the options say.
func (o *benchOptions) run(ctx context.Context, h *cli.Host) error {
	day := cli.Yesterday()
	m := o.Config
	m.Election = simulate.Defaults(day)
	m.Election.Seed, m.Election.Partitions, m.Election.Election = o.seed, o.partitions, simulate.BuiltIn(day)
	m.Log = func(format string, args ...any) { h.Console.Printf("  "+format, args...) }
	m.Sending = func(sim *simulate.Simulation, p *simulate.Producer) func() {
		return h.Console.Follow(cli.Sending(sim, p))
	}
	if o.against != "" {
		return runAgainst(ctx, h, &m, o.against)
	}
	kinds := o.warehouses
	if len(kinds) == 0 {
		kinds = []string{run.WarehouseOf(h.Getenv)}
	}
	var here []machineBench
	for _, kind := range kinds {
		m.Start = benchSystem(h, run.Options{Partitions: o.partitions, Apart: o.surge, Warehouse: kind})
		here = append(here, machineBench{kind, m})
	}
	if o.surge {
		return runSurge(ctx, h, &m)
	}
	cloud, err := o.cloud(h, m)
	if err != nil {
		return err
	}
	return runBench(ctx, h, here, cloud)
}

// cloud is what is measured of m on systems that are like the cloud.
func (o *benchOptions) cloud(h *cli.Host, m bench.Config) ([]*bench.Config, error) {
	var all []*bench.Config
	if *o.like != "" {
		small := likeCloud(m, *o.like, o.likeRate, o.likeFor)
		small.Start = benchSystem(h, run.Options{Partitions: o.partitions, Like: *o.like, Warehouse: endpoint.BigQuery})
		all = append(all, small)
	}
	if o.national {
		nation := likeCloud(m, *o.like, o.nationalRate, o.likeFor)
		r, err := nation.Nation(*o.like)
		if err != nil {
			return nil, err
		}
		r.Warehouse = endpoint.BigQuery
		nation.Start = benchSystem(h, r)
		all = append(all, nation)
	}
	return all, nil
}

// likeLead is how soon the results of a cloud have the voters, at the latest: a minute until
// the bridge is called, and a minute for cold starts, carrying and reading.
const likeLead = 2 * time.Minute

// likeCloud is what is measured of a system that is like a profile.
func likeCloud(m bench.Config, like run.Like, rate float64, length time.Duration) *bench.Config {
	speed := like.Speed()
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) / speed) }
	m.LatencyRate, m.LatencyFor, m.LatencyLead = rate*speed, scale(length), scale(likeLead)
	return &m
}

// benchSystem starts a system on free ports, so that another one may run on this
// machine.
func benchSystem(h *cli.Host, o run.Options) func(context.Context, *election.Election, bool) (*run.System, error) {
	o.Getenv, o.Logger, o.Output, o.Seed = h.Getenv, warnings(h), h.Console, 1
	return func(ctx context.Context, el *election.Election, scheduled bool) (*run.System, error) {
		settings, err := electionSettings(el)
		if err != nil {
			return nil, err
		}
		this := o
		maps.Copy(settings, o.Settings)
		this.Settings, this.Scheduled = settings, scheduled
		if !scheduled { // its requests are counted for one core
			this.DashboardThreads = 1
		}
		return run.Start(ctx, this)
	}
}

func thisMachine() string {
	return fmt.Sprintf("%d CPUs, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// A machineBench is what is measured with the tables in one kind of warehouse.
type machineBench struct {
	warehouse string
	bench.Config
}

// runBench measures this machine, and systems that are like the cloud.
func runBench(ctx context.Context, h *cli.Host, here []machineBench, cloud []*bench.Config) error {
	r := benchResult{Machine: thisMachine()}
	var wrong error
	if c := &here[0].Config; c.ColdStartTimes > 0 {
		h.Console.Printf("Cold starts, of the program that the cloud builds.")
		starts, err := c.ColdStarts(ctx)
		if err != nil {
			return fmt.Errorf("cold starts: %w", err)
		}
		r.ColdStarts = starts
	}
	for i := range here {
		m, err := here[i].measure(ctx, h)
		if err != nil {
			return fmt.Errorf("with the tables in %s: %w", here[i].warehouse, err)
		}
		r.Warehouses = append(r.Warehouses, m)
	}
	for _, c := range cloud {
		text := ""
		if c.Modelled > 0 {
			text = fmt.Sprintf(" with the tables of %s voters", console.Number(c.Modelled))
		}
		h.Console.Printf("Latency like the cloud%s, at %.0f votes/s for %v, after some minutes of registration.", text, c.LatencyRate, c.LatencyFor)
		l, err := c.Latency(ctx)
		if err != nil {
			return fmt.Errorf("latency like the cloud%s: %w", text, err)
		}
		r.Cloud = append(r.Cloud, &l)
	}
	if r.differences() > 0 {
		wrong = errors.New("the tables differ from the ledger: see above")
	}
	fmt.Fprint(h.Stdout, benchTable(r))
	return errors.Join(json.NewEncoder(h.Stdout).Encode(r), wrong)
}

// measure measures the latency, each stage and the throughput with one kind of warehouse.
func (c *machineBench) measure(ctx context.Context, h *cli.Host) (measured, error) {
	m := measured{Warehouse: c.warehouse}
	if c.LatencyRate > 0 {
		h.Console.Printf("Latency at %.0f votes/s for %v, with the tables in %s.", c.LatencyRate, c.LatencyFor, c.warehouse)
		l, err := c.Latency(ctx)
		if err != nil {
			return m, fmt.Errorf("latency: %w", err)
		}
		m.Latency = &l
	}
	if c.StageVotes > 0 {
		h.Console.Printf("Each stage on its own, with %s votes, with the tables in %s.", console.Number(int64(c.StageVotes)), c.warehouse)
		t, err := c.Stages(ctx)
		if err != nil {
			return m, err
		}
		m.Stages = &t
	}
	if c.Votes > 0 {
		h.Console.Printf("Throughput with %s votes, with the tables in %s.", console.Number(int64(c.Votes)), c.warehouse)
		t, err := c.Throughput(ctx)
		if err != nil {
			return m, fmt.Errorf("throughput: %w", err)
		}
		m.Throughput = &t
	}
	return m, nil
}
