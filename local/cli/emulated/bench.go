package emulated

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
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
	var m bench.Config
	flags.IntVar(&m.Votes, "votes", 1_000_000, "`NUMBER` of votes of the throughput; 0 leaves it out")
	flags.BoolVar(&m.Watched, "watched", false, "have a page poll the results while the throughput is measured: each answer has what isn't settled yet")
	flags.Float64Var(&m.LatencyRate, "rate", 2000, "`VOTES` per second while latency is measured; 0 leaves it out")
	flags.DurationVar(&m.LatencyFor, "for", 30*time.Second, "how long latency is measured, a `TIME`")
	flags.IntVar(&m.StageVotes, "stage-votes", 300_000, "`NUMBER` of votes of each stage on its own; 0 leaves them out")
	flags.DurationVar(&m.DashboardFor, "dashboard-for", 3*time.Second, "how long the dashboard is asked, a `TIME`")
	flags.IntVar(&m.ColdStartTimes, "cold-starts", 10, "`NUMBER` of starts of each function; 0 leaves them out")
	like := likeFlag(flags)
	flags.Lookup("like").Usage = "measure the latency like this `PROFILE` too, for a small election: cloud (takes some eight minutes), or cloud/4 for 4 times its speed"
	likeRate := flags.Float64("like-rate", 50, "`VOTES` per second, of the profile's, while that latency is measured")
	likeFor := flags.Duration("like-for", 2*time.Minute, "how long it is measured, a `TIME` of the profile's")
	national := flags.Bool("national", false, "with --like, measure a national election too, in the times of its tables, with the settings of docs/cost.md (takes some ten minutes)")
	nationalRate := flags.Float64("national-rate", 500, "`VOTES` per second, of the profile's, while that latency is measured")
	surge := flags.Bool("surge", false, "measure a surge, and nothing else")
	flags.Float64Var(&m.SurgeFactor, "surge-factor", 10, "how many times --rate a surge is, a `NUMBER`")
	flags.DurationVar(&m.SurgeFor, "surge-for", 30*time.Second, "how long it lasts, a `TIME`")
	against := flags.String("pyspark", "", "compare with PySpark over the topics of an Apache Kafka, and measure nothing else; its state of each voter is kept by `WHAT`: sql, the fastest, or python (make compare-pyspark installs it)")
	flags.Lookup("pyspark").NoOptDefVal = pyspark.SQL
	warehouses := flags.StringSlice("warehouse", nil, "`KINDS` of warehouses, with a comma between, each of which is measured: bigquery, postgres (default $WAREHOUSE, else "+run.DefaultWarehouse+")")
	partitions := partitionsFlag(flags)
	seed := flags.Uint64("seed", 1, "decides everything that chance does, a `NUMBER`")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		n, err := partitions()
		if err == nil {
			err = cli.Mistake(errors.Join(checkBench(&m), checkLike(*like, *likeRate, *likeFor, *surge, flags),
				checkNational(*like, *national, *nationalRate, flags), checkAgainst(*against, &m, flags), checkWarehouses(*warehouses, *like, *surge, *against)))
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
		if *against != "" {
			return runAgainst(ctx, h, &m, *against)
		}
		if len(*warehouses) == 0 {
			*warehouses = []string{run.WarehouseOf(h.Getenv)}
		}
		var here []machineBench
		for _, kind := range *warehouses {
			m.Start = benchSystem(h, run.Options{Partitions: n, Apart: *surge, Warehouse: kind})
			here = append(here, machineBench{kind, m})
		}
		if *surge {
			return runSurge(ctx, h, &m)
		}
		var cloud []*bench.Config
		if *like != "" {
			small := likeCloud(m, *like, *likeRate, *likeFor)
			small.Start = benchSystem(h, run.Options{Partitions: n, Like: *like, Warehouse: endpoint.BigQuery})
			cloud = append(cloud, small)
		}
		if *national {
			nation := likeCloud(m, *like, *nationalRate, *likeFor)
			o, err := nation.Nation(*like)
			if err != nil {
				return err
			}
			o.Warehouse = endpoint.BigQuery
			nation.Start = benchSystem(h, o)
			cloud = append(cloud, nation)
		}
		return runBench(ctx, h, here, cloud)
	}
	return c
}

// likeLead is how long it takes in the cloud at most until the results have the voters: a
// minute until the bridge is called, and a minute of cold starts, carrying and looking.
const likeLead = 2 * time.Minute

// likeCloud is what is measured of a system that is like a profile.
func likeCloud(m bench.Config, like run.Like, rate float64, length time.Duration) *bench.Config {
	speed := like.Speed()
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) / speed) }
	m.LatencyRate, m.LatencyFor, m.LatencyLead = rate*speed, scale(length), scale(likeLead)
	return &m
}

// checkLike says what is wrong with the flags of the latency like the cloud.
func checkLike(like run.Like, rate float64, length time.Duration, surge bool, flags *pflag.FlagSet) error {
	switch {
	case like == "" && (flags.Changed("like-rate") || flags.Changed("like-for")):
		return errors.New("--like-rate and --like-for are of the latency of --like: give that too")
	case like != "" && surge:
		return errors.New("--surge measures nothing else: leave out --like")
	case !(rate > 0) || length <= 0:
		return fmt.Errorf("--like-rate %v for --like-for %v: want more than 0 of both", rate, length)
	}
	return nil
}

// checkNational says what is wrong with the flags of the national latency.
func checkNational(like run.Like, national bool, rate float64, flags *pflag.FlagSet) error {
	switch {
	case national && like == "":
		return errors.New("--national is measured in the times of --like: give that too")
	case !national && flags.Changed("national-rate"):
		return errors.New("--national-rate is of --national: give that too")
	case !(rate > 0):
		return fmt.Errorf("--national-rate %v: want more than 0", rate)
	}
	return nil
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
	if m.Watched && m.Votes == 0 {
		errs = append(errs, errors.New("--watched is of the throughput, which --votes 0 leaves out: leave out one of them"))
	}
	return errors.Join(errs...)
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

// checkWarehouses says what is wrong with the choice of warehouses.
func checkWarehouses(kinds []string, like run.Like, surge bool, against string) error {
	for _, kind := range kinds {
		if err := cli.CheckWarehouse(kind); err != nil {
			return err
		}
	}
	switch {
	case surge && len(kinds) > 1:
		return errors.New("--surge is of one warehouse: name one with --warehouse")
	case against != "" && len(kinds) > 0:
		return errors.New("--pyspark compares with the tables in BigQuery: leave out --warehouse")
	case like != "" && len(kinds) > 0 && !slices.Contains(kinds, endpoint.BigQuery):
		return errors.New("--like is of BigQuery: leave it out, or name bigquery in --warehouse too")
	}
	return nil
}

// benchResult is the last line of standard output.
type benchResult struct {
	Machine    string           `json:"machine"`
	Warehouses []measured       `json:"warehouses"` // on this machine
	Cloud      []*bench.Latency `json:"like_cloud_latency,omitempty"`

	ColdStarts map[string]bench.ColdStart `json:"cold_starts,omitempty"` // by function
}

// measured is what was measured with one kind of warehouse.
type measured struct {
	Warehouse  string            `json:"warehouse"`
	Throughput *bench.Throughput `json:"throughput,omitempty"`
	Latency    *bench.Latency    `json:"latency,omitempty"`
	Stages     *bench.Stages     `json:"stages,omitempty"`
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

// differences are those between tables and ledgers, of all that was measured.
func (r *benchResult) differences() (n int) {
	latencies := r.Cloud
	for _, m := range r.Warehouses {
		if m.Throughput != nil {
			n += m.Throughput.Differences
		}
		latencies = append(latencies[:len(latencies):len(latencies)], m.Latency)
	}
	for _, l := range latencies {
		if l != nil {
			n += l.Differences
		}
	}
	return n
}

// benchTable is the result for people.
func benchTable(r benchResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nEverything on one machine: %s\n\n", r.Machine)
	var columns []latencyColumn
	for _, m := range r.Warehouses {
		if m.Latency != nil {
			columns = append(columns, latencyColumn{"here, " + m.Warehouse, m.Latency})
		}
	}
	for _, l := range r.Cloud {
		label := "like " + l.Like
		if l.Modelled > 0 {
			label += ", national"
		}
		columns = append(columns, latencyColumn{label, l})
	}
	b.WriteString(latencyTable(columns))
	if len(r.Cloud) > 0 {
		b.WriteString("  (times like the cloud are as good as those of emulator/profile/cloud.json. Settings are Terraform's defaults,\n" +
			"  for the nation those of docs/cost.md; its tables count for as many rows as the cost model has at midday)\n\n")
	}
	for _, m := range r.Warehouses {
		m.write(&b)
	}
	for _, name := range sortedKeys(r.ColdStarts) {
		benchRow(&b, "start of "+name+" to its first answer", "p50 %.0f ms, max %.0f ms", r.ColdStarts[name].P50, r.ColdStarts[name].Max)
	}
	return b.String() + "\n"
}

func benchRow(b *strings.Builder, what, format string, args ...any) {
	fmt.Fprintf(b, "  %-46s %s\n", what, fmt.Sprintf(format, args...))
}

// write writes what was measured besides the latency.
func (m *measured) write(b *strings.Builder) {
	if m.Throughput == nil && m.Stages == nil {
		return
	}
	row := func(what, format string, args ...any) { benchRow(b, what, format, args...) }
	number := func(f float64) string { return console.Number(int64(f)) }
	fmt.Fprintf(b, "With the tables in %s:\n", m.Warehouse)
	if t := m.Throughput; t != nil {
		row("Kafka to the analytics tables", "%s votes/s over %s votes, %s", number(t.VotesPerSecond), console.Number(t.Votes), exactness(t.Differences))
		row("registrations", "%s voters/s over %s voters", number(t.VotersPerSecond), console.Number(t.Voters))
		row("memory of all functions, at most", "%.0f MB resident", t.MemoryMB)
		for _, name := range sortedKeys(t.MemoryParts) {
			row("  "+name, "%.0f MB", t.MemoryParts[name])
		}
	}
	if t := m.Stages; t != nil {
		row("simulator alone", "%s records/s", number(t.Simulate))
		row("bridge alone", "%s records/s", number(t.Bridge))
		row("ingest alone", "%s records/s", number(t.Ingest))
		row("aggregate alone", "%s records/s", number(t.Aggregate))
		row("dashboard alone, one core", "%s requests/s", number(t.Dashboard))
	}
	b.WriteString("\n")
}

// A latencyColumn is a latency and where it was measured.
type latencyColumn struct {
	label string
	*bench.Latency
}

// latencyTable is the latencies side by side.
func latencyTable(columns []latencyColumn) string {
	if len(columns) == 0 {
		return ""
	}
	var b strings.Builder
	row := func(what string, cell func(l latencyColumn) string) {
		fmt.Fprintf(&b, "  %-30s", what)
		for _, l := range columns {
			fmt.Fprintf(&b, " %22s", cell(l))
		}
		b.WriteString("\n")
	}
	row("", func(l latencyColumn) string { return l.label })
	row("a vote to /api/v1/results at", func(l latencyColumn) string { return console.Number(int64(l.Rate)) + " votes/s" })
	row("  p50", func(l latencyColumn) string { return latency(l.P50) })
	row("  p99", func(l latencyColumn) string { return latency(l.P99) })
	row("  max", func(l latencyColumn) string { return latency(l.Max) })
	hop := func(h bench.Hop) string { return latency(h.P50) + ", " + latency(h.P99) }
	row("  until ingest has it, p50, p99", func(l latencyColumn) string { return hop(l.Hops.Taken) })
	row("  from there, p50, p99", func(l latencyColumn) string { return hop(l.Hops.Shown) })
	row("  tables and ledger", func(l latencyColumn) string { return exactness(l.Differences) })
	b.WriteString("\n")
	return b.String()
}

func exactness(differences int) string {
	if differences == 0 {
		return "exact"
	}
	return "NOT exact"
}
