package emulated

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

// The size of the demonstration: the voting day takes most of a minute.
const (
	demoVotes = 24_000
	demoDay   = 45 * time.Second
)

func demoCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("demo")
	flags := c.Flags()
	s := cli.NewSimulation(flags)
	for name, value := range map[string]string{
		"votes": fmt.Sprint(demoVotes), "day-in": demoDay.String(), "mix": "true",
	} {
		f := flags.Lookup(name)
		f.DefValue = value
		_ = f.Value.Set(value) // they are constants
	}
	exit := flags.Bool("exit", false, "end after the comparison, with status 0 only if every table is right")
	open := flags.Bool("open-ballot", false, "count without an election file: candidates exist once a vote names them")
	file := flags.String("election", "", "the election `FILE` (default $ELECTION_FILE or $ELECTION, else an invented one)")
	out := flags.String("ledger", "", "`FILE` to write the true result to")
	m := machineFlags(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		el, err := demoElection(h, s, *file, *open)
		if err != nil {
			return err
		}
		if flags.Lookup("votes").Value.String() == "0" {
			return cli.Mistake(errors.New("0 votes: a demonstration counts some: want 1 or more"))
		}
		o, err := s.Options(el)
		if err != nil {
			return err
		}
		if *out != "" {
			if err := ledger.CheckFile(*out); err != nil {
				return cli.Mistake(err)
			}
		}
		return runDemo(c.Context(), h, o, m, *exit, *out)
	}
	return c
}

func demoElection(h *cli.Host, s *cli.Simulation, file string, open bool) (*election.Election, error) {
	if open {
		return nil, nil
	}
	el, err := cli.ElectionOf(h.Getenv, file)
	if err != nil || el != nil {
		return el, err
	}
	day, err := s.On()
	if err != nil {
		return nil, err
	}
	return simulate.BuiltIn(day), nil
}

// demoResult is the last line of standard output.
type demoResult struct {
	Books   run.Account `json:"books"` // of the votes
	Figures figures     `json:"figures"`
}

type figures struct {
	Voters         int64   `json:"voters"`           // records sent
	Register       float64 `json:"register_seconds"` // from the first voter sent until the results have all, before the vote; 0 where they come after it
	Votes          int64   `json:"votes"`            // records sent
	Seconds        float64 `json:"seconds"`          // from the first vote to the last one counted
	VotesPerSecond float64 `json:"votes_per_second"` // over these seconds
	Like           string  `json:"like,omitempty"`   // the profile
	LatencyP50     float64 `json:"latency_p50_ms"`   // of a vote, from the Kafka client to the results, in the profile's time
	LatencyP99     float64 `json:"latency_p99_ms"`

	Hops        bench.Hops `json:"hops"`                              // of that way
	MemoryMB    float64    `json:"functions_memory_mb"`               // the sum of the functions' RSS, at most
	PSSMB       float64    `json:"functions_memory_pss_mb,omitempty"` // what they hold together, at most; see bench.Memory
	TablesEqual bool       `json:"tables_equal_ledger"`
}

func runDemo(ctx context.Context, h *cli.Host, o simulate.Options, m machine, exit bool, out string) error {
	sim, err := simulate.New(o)
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := cli.CheckEnd(sim, begun); err != nil {
		return err
	}
	s, err := m.start(ctx, h, o.Election, o.Partitions, o.Seed)
	if err != nil {
		return err
	}
	defer stopSystem(h, s)
	if err := s.AwaitReported(ctx, run.Patience); err != nil {
		return err
	}
	tellReady(h, s, o.Election, time.Since(begun))

	p, err := simulate.NewProducer(ctx, sim, s.Kafka().Options()...)
	if err != nil {
		return err
	}
	defer p.Close()
	result, err := play(ctx, h, s, sim, p)
	if out != "" {
		err = errors.Join(err, p.Ledger().WriteFile(out))
	}
	if err != nil {
		return err
	}
	differences, err := p.Ledger().Compare(ctx, s.Tables(), ledger.Keyer(s.HMACKey(), p.Ledger().Election.ID))
	if err != nil {
		return err
	}
	result.Figures.TablesEqual = len(differences) == 0
	tellResult(h, p.Ledger(), result)
	if err := tellAbsorbed(ctx, h, sim, p.Ledger(), s.Tables()); err != nil {
		return err
	}
	wrong := cli.TellDifferences(h, differences)
	if !result.Books.Balanced {
		wrong = errors.Join(wrong, errors.New("the books don't balance"))
	}
	if !exit {
		h.Console.Printf("\nThe dashboard stays up on %s. Ctrl-C stops it.", s.URL())
	}
	if err := json.NewEncoder(h.Stdout).Encode(result); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if !exit {
		<-ctx.Done()
	}
	return wrong
}

// tellReady prints where everything is. Polls that have closed are told of: the page goes by
// the clock, and votes of the past are yet to come.
func tellReady(h *cli.Host, s *run.System, e *election.Election, took time.Duration) {
	h.Console.Printf("%s\nReady after %s. Watch the election on %s\n", whereabouts(s), took.Round(time.Millisecond), s.URL())
	if closed(e) {
		h.Console.Printf("Its polls closed on %s. So the page says that voting has closed, while the votes still come.\n",
			e.Closes.UTC().Format("2006-01-02 at 15:04 MST"))
	}
}

// play sends the election and waits until it is counted.
func play(ctx context.Context, h *cli.Host, s *run.System, sim *simulate.Simulation, p *simulate.Producer) (demoResult, error) {
	var latest atomic.Pointer[run.Results]
	var coverage bench.Coverage
	var memory bench.Memory
	begun := time.Now()
	watching, stopWatching := context.WithCancel(ctx)
	watched := make(chan struct{}, 2)
	go func() {
		tell := tellStates(h, begun)
		coverage.Watch(watching, s, 25*time.Millisecond, func(r *run.Results) {
			latest.Store(r)
			tell(r)
		})
		watched <- struct{}{}
	}()
	go func() {
		memory.Watch(watching, s.Processes)
		watched <- struct{}{}
	}()
	stopBars := h.Console.Follow(demoBars(sim, p, &latest))

	var voting time.Time
	var register time.Duration
	err := inOrder(sim.Options().VotersLast,
		func() (err error) { register, err = registerVoters(ctx, s, sim, p); return err },
		func() error { voting = time.Now(); return p.Vote(ctx) })
	var final *run.Results
	if err == nil {
		final, err = s.AwaitCounted(ctx, p.Ledger().End(), s.Patience())
	}
	seconds := time.Since(voting).Seconds()
	if err == nil && closed(sim.Options().Election) {
		_, err = s.AwaitStatus(ctx, string(countstate.Complete), s.Patience())
	}
	stopWatching()
	<-watched
	<-watched
	stopBars()
	if err != nil {
		return demoResult{}, err
	}
	coverage.Observe(time.Now(), final.Read()) // the last poll may have come before the last change
	f, err := recordFigures(ctx, s, sim, p, &coverage)
	if err != nil {
		return demoResult{}, err
	}
	rss, _ := memory.RSS()
	pss, _ := memory.PSS()
	f.Register, f.Seconds, f.MemoryMB, f.PSSMB = round(register.Seconds(), 2), round(seconds, 2), round(rss, 1), round(pss, 1)
	f.VotesPerSecond = round(float64(f.Votes)/seconds, 1)
	return demoResult{Books: final.Books.Account, Figures: f}, nil
}

// recordFigures are the figures of an election that come from its records: how many, and how long they took.
func recordFigures(ctx context.Context, s *run.System, sim *simulate.Simulation, p *simulate.Producer, c *bench.Coverage) (figures, error) {
	latencies, books, options := c.Latencies(p.Ledger().Votes), p.Ledger().Books(), sim.Options()
	hops, err := c.Hops(ctx, s.Tables(), p.Ledger().Votes, s.Speed())
	return figures{
		Voters:     books[options.VotersTopic].Records,
		Votes:      books[options.VotesTopic].Records,
		Like:       s.Like(),
		LatencyP50: round(s.Speed()*milliseconds(bench.Percentile(latencies, 0.50)), 1),
		LatencyP99: round(s.Speed()*milliseconds(bench.Percentile(latencies, 0.99)), 1),
		Hops:       hops,
	}, err
}

// registerVoters sends the voters. Where votes follow it waits until the results have the
// voters, settled or not, and returns how long that took: a register is read before the polls
// open, and votes that come while it is wait for it.
func registerVoters(ctx context.Context, s *run.System, sim *simulate.Simulation, p *simulate.Producer) (time.Duration, error) {
	begun := time.Now()
	if err := p.Register(ctx); err != nil || sim.Options().VotersLast {
		return 0, err
	}
	_, err := s.AwaitRead(ctx, p.Ledger().End(), s.Patience())
	return time.Since(begun), err
}

// closed reports whether an election's polls have closed, so that its count can be
// complete.
func closed(e *election.Election) bool {
	return e != nil && e.HasHours() && time.Now().After(e.Closes)
}

// tellStates prints the state of the count whenever it has changed.
func tellStates(h *cli.Host, begun time.Time) func(*run.Results) {
	last := ""
	return func(r *run.Results) {
		if r.Status == last {
			return
		}
		last = r.Status
		h.Console.Printf("  %5.1f s  %-9s %s", time.Since(begun).Seconds(), r.Status, r.State.Text)
	}
}

// inOrder calls first and then second, or the other way round, up to the first
// error.
func inOrder(reversed bool, first, second func() error) error {
	if reversed {
		first, second = second, first
	}
	if err := first(); err != nil {
		return err
	}
	return second()
}

// demoBars shows how many records are sent, and how many are counted.
func demoBars(sim *simulate.Simulation, p *simulate.Producer, latest *atomic.Pointer[run.Results]) func() []console.Bar {
	sent := cli.Sending(sim, p)
	return func() []console.Bar {
		bars := sent()
		r := latest.Load()
		if r == nil {
			return bars
		}
		b := r.Books.Account
		note := fmt.Sprintf("%s accepted, %s duplicate, %s rejected, %s pending",
			console.Number(b.Accepted), console.Number(b.Duplicate), console.Number(b.Rejected), console.Number(b.Pending))
		return append(bars, console.Bar{Label: "counted", Done: b.Records, Total: int64(sim.Options().Votes), Note: note})
	}
}

// tellResult prints the election's result and the books.
func tellResult(h *cli.Host, l *ledger.Ledger, r demoResult) {
	names := map[string]string{}
	for _, c := range l.Election.Candidates {
		names[c.ID] = c.Name
	}
	totals := l.Totals()
	var all int64
	for _, t := range totals {
		all += t.Votes
	}
	h.Console.Printf("")
	for _, t := range totals[:min(len(totals), 8)] {
		name := t.Candidate
		if names[name] != "" {
			name = names[name]
		}
		h.Console.Printf("  %-20s %9s votes  %5.1f %%", name, console.Number(t.Votes), 100*float64(t.Votes)/float64(all))
	}
	b := r.Books
	h.Console.Printf("\n  %s votes read = %s accepted + %s duplicate + %s rejected + %s pending",
		console.Number(b.Records), console.Number(b.Accepted), console.Number(b.Duplicate), console.Number(b.Rejected), console.Number(b.Pending))
	reasons := map[string]int64{}
	for _, book := range l.Books() {
		for reason, n := range book.Reasons {
			reasons[reason] += n
		}
	}
	if len(reasons) > 0 {
		text := ""
		for _, reason := range sortedKeys(reasons) {
			text += fmt.Sprintf(" %s %d,", reason, reasons[reason])
		}
		h.Console.Printf("  rejected on both topics:%s", text[:len(text)-1])
	}
	f := r.Figures
	where := "on this machine"
	if f.Like != "" {
		where = "in the time of the cloud (--like " + f.Like + ")"
	}
	h.Console.Printf("")
	if f.Register > 0 {
		h.Console.Printf("  The results had the register after %.1f s. Then voting began.", f.Register)
	}
	h.Console.Printf("  A vote took %s to the results in the middle, %s at the 99th percentile, %s.\n"+
		"  Of that ingest had it after %s in the middle, and the results %s later.\n"+
		"  The functions had %s of memory at most.\n",
		latency(f.LatencyP50), latency(f.LatencyP99), where, latency(f.Hops.Taken.P50), latency(f.Hops.Shown.P50), memoryText(f.PSSMB, f.MemoryMB))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
