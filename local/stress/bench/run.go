package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/googleapis/gax-go/v2"

	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

// Config says what is measured. Log is called with what is being done.
type Config struct {
	Votes       int           // of the throughput
	Watched     bool          // a page polls the results meanwhile
	WholeDay    bool          // they were cast over a day, as in a backlog, and not while they are sent
	LatencyRate float64       // votes per second, while latency is measured
	LatencyFor  time.Duration // how long
	LatencyLead time.Duration // how long registering the voters may take before that
	Modelled    int64         // voters of a larger election, in the times of whose tables latency is measured
	CatchUp     bool          // passes are rare: after the last vote a person's call settles
	SurgeFactor float64       // times LatencyRate
	SurgeFor    time.Duration // how long
	StageVotes  int           // of each stage on its own
	Election    simulate.Options
	// Start starts a system that counts by an election.
	Start        func(ctx context.Context, el *election.Election, scheduled bool) (*run.System, error)
	Log          func(format string, args ...any)
	Sending      func(*simulate.Simulation, *simulate.Producer) (stop func())
	DashboardFor time.Duration

	ColdStartTimes int // how often each function is started
}

// Throughput is how many records a second the whole system counts.
type Throughput struct {
	Votes           int64              `json:"votes"`
	Seconds         float64            `json:"seconds"` // from the first vote sent to the last one counted
	VotesPerSecond  float64            `json:"votes_per_second"`
	Voters          int64              `json:"voters"`
	VotersPerSecond float64            `json:"voters_per_second"`
	MemoryMB        float64            `json:"functions_memory_mb"`                     // the sum of RSS, at most
	MemoryParts     map[string]float64 `json:"functions_memory_parts_mb"`               // then, by process
	PSSMB           float64            `json:"functions_memory_pss_mb,omitempty"`       // what they hold together, at most; see Memory
	PSSParts        map[string]float64 `json:"functions_memory_pss_parts_mb,omitempty"` // then, by process
	WholeDay        bool               `json:"whole_day,omitempty"`                     // see Config
	Differences     int                `json:"differences"`                             // between the tables and the ledger
}

// castWithin is how long the polls are open where votes are cast while they are sent: the
// time in which a laptop registers and counts a million.
const castWithin = time.Minute

// openIn returns an election whose polls open after a time, and for so long.
func openIn(e *election.Election, lead, length time.Duration) *election.Election {
	live := *e
	live.Opens = time.Now().UTC().Truncate(time.Second).Add(lead)
	live.Closes = live.Opens.Add(length)
	return &live
}

// options are those of an election with as many voters as votes, and with some of
// every irregularity except huge records.
func (c *Config) options(votes int) simulate.Options {
	o := c.Election.WithEverything()
	o.Votes, o.Voters, o.Huge = votes, votes, 0
	return o
}

// producer starts a system and a producer for it.
func (c *Config) producer(ctx context.Context, scheduled bool, o simulate.Options) (*run.System, *simulate.Simulation, *simulate.Producer, error) {
	sim, err := simulate.New(o)
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := c.Start(ctx, o.Election, scheduled)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := simulate.NewProducer(ctx, sim, s.Kafka().Options()...)
	if err != nil {
		s.Close()
		return nil, nil, nil, err
	}
	return s, sim, p, nil
}

// Throughput registers voters, then sends votes as fast as the broker takes them,
// while the system counts. The count was right if Differences is 0. Nobody reads the
// results meanwhile, unless Config.Watched.
func (c *Config) Throughput(ctx context.Context) (t Throughput, err error) {
	o := c.options(c.Votes)
	if t.WholeDay = c.WholeDay; !t.WholeDay {
		o.Election = openIn(o.Election, 0, castWithin)
	}
	s, sim, p, err := c.producer(ctx, true, o)
	if err != nil {
		return t, err
	}
	defer closeAll(s, p, &err)
	var memory Memory
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go memory.Watch(watching, s.Processes)

	begun := time.Now()
	if err := c.counted(ctx, s, sim, p, p.Register); err != nil {
		return t, err
	}
	t.Voters = p.Ledger().Books()[o.VotersTopic].Records
	t.VotersPerSecond = float64(t.Voters) / time.Since(begun).Seconds()

	begun = time.Now()
	if err := c.counted(ctx, s, sim, p, p.Vote); err != nil {
		return t, err
	}
	t.Seconds = time.Since(begun).Seconds()
	t.Votes = p.Ledger().Books()[o.VotesTopic].Records
	t.VotesPerSecond = float64(t.Votes) / t.Seconds
	t.MemoryMB, t.MemoryParts = memory.RSS()
	t.PSSMB, t.PSSParts = memory.PSS()

	t.Differences, err = c.compare(ctx, s, p)
	return t, err
}

// compare logs the differences between the tables and the ledger, and returns their
// number.
func (c *Config) compare(ctx context.Context, s *run.System, p *simulate.Producer) (int, error) {
	c.Log("comparing every table with the ledger")
	differences, err := p.Ledger().Compare(ctx, s.Tables(), ledger.Keyer(s.HMACKey(), p.Ledger().Election.ID))
	for _, d := range differences {
		c.Log("  %s", d)
	}
	return len(differences), err
}

// phase sends something and waits for the results that count it.
func (c *Config) phase(
	ctx context.Context, s *run.System, sim *simulate.Simulation, p *simulate.Producer, send func(context.Context) error,
) (*run.Results, error) {
	if err := c.send(ctx, sim, p, send); err != nil {
		return nil, err
	}
	return s.AwaitCounted(ctx, p.Ledger().End(), s.Patience())
}

// counted sends something and waits for the tables that count it.
func (c *Config) counted(
	ctx context.Context, s *run.System, sim *simulate.Simulation, p *simulate.Producer, send func(context.Context) error,
) error {
	if c.Watched {
		_, err := c.phase(ctx, s, sim, p, send)
		return err
	}
	if err := c.send(ctx, sim, p, send); err != nil {
		return err
	}
	return s.AwaitTables(ctx, p.Ledger().End(), s.Patience())
}

// send sends something, and shows its progress.
func (c *Config) send(ctx context.Context, sim *simulate.Simulation, p *simulate.Producer, send func(context.Context) error) error {
	defer c.Sending(sim, p)()
	return send(ctx)
}

// Latency is how long votes take, in the time of the system's profile.
type Latency struct {
	Like  string  `json:"like,omitempty"` // the profile
	Rate  float64 `json:"votes_per_second"`
	Votes int     `json:"votes"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
	Hops  Hops    `json:"hops"`

	Modelled int64 `json:"voters_modelled,omitempty"` // of the election in whose times statements run

	Differences int `json:"differences"` // between the tables and the ledger
}

// Latency registers voters, then sends votes at a steady rate, each about when it is
// cast, and polls the results as a viewer's page does. Voting begins once the results have
// the voters, settled or not.
func (c *Config) Latency(ctx context.Context) (l Latency, err error) {
	o := c.options(int(c.LatencyRate * c.LatencyFor.Seconds()))
	o.Rate = c.LatencyRate
	o.Election = openIn(o.Election, c.LatencyLead, c.LatencyFor)
	s, sim, p, err := c.producer(ctx, true, o)
	if err != nil {
		return l, err
	}
	defer closeAll(s, p, &err)
	if err := c.send(ctx, sim, p, p.Register); err != nil {
		return l, err
	}
	// Votes come to a register that is settled, but where passes are rare.
	await := s.AwaitCounted
	if c.CatchUp {
		await = s.AwaitRead
	}
	if _, err := await(ctx, p.Ledger().End(), s.Patience()); err != nil {
		return l, err
	}
	if err := gax.Sleep(ctx, time.Until(o.Election.Opens)); err != nil {
		return l, err
	}
	coverage, err := c.watchedVote(ctx, s, sim, p)
	if err != nil {
		return l, err
	}
	if c.CatchUp {
		if err := s.CatchUp(ctx); err != nil {
			return l, err
		}
	}
	if _, err := s.AwaitCounted(ctx, p.Ledger().End(), s.Patience()); err != nil {
		return l, err
	}
	latencies := coverage.Latencies(p.Ledger().Votes)
	at := func(share float64) float64 { return s.Speed() * milliseconds(Percentile(latencies, share)) }
	l = Latency{Like: s.Like(), Modelled: c.Modelled, Rate: c.LatencyRate / s.Speed(), Votes: len(latencies), P50: at(0.50), P99: at(0.99), Max: at(1)}
	if l.Hops, err = coverage.Hops(ctx, s.Tables(), p.Ledger().Votes, s.Speed()); err != nil {
		return l, err
	}
	l.Differences, err = c.compare(ctx, s, p)
	return l, err
}

// watchedVote sends the votes, and polls the results until all are in them.
func (c *Config) watchedVote(ctx context.Context, s *run.System, sim *simulate.Simulation, p *simulate.Producer) (*Coverage, error) {
	coverage := &Coverage{}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		coverage.Watch(watching, s, 10*time.Millisecond, nil)
	}()
	if err := c.send(ctx, sim, p, p.Vote); err != nil {
		return nil, err
	}
	results, err := s.AwaitRead(ctx, p.Ledger().End(), s.Patience())
	if err != nil {
		return nil, err
	}
	stop()
	<-watched
	coverage.Observe(time.Now(), results.Read()) // the last poll may have come before the last change
	return coverage, nil
}

func closeAll(s *run.System, p *simulate.Producer, err *error) {
	p.Close()
	if closing := s.Close(); closing != nil && *err == nil {
		*err = fmt.Errorf("stop the system: %w", closing)
	}
}
