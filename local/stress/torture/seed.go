package torture

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/shared/drain"
)

// plan is what one seed does. Every choice in it follows from the seed. The order
// in which concurrent calls and requests happen doesn't.
type plan struct {
	seed     uint64
	children map[string]bool
	rates    map[string]float64 // share of the steps of a stage that suffer a fault
	moves    float64            // share of the requests to Kafka at which it changes
	hold     time.Duration      // of late steps
	delay    time.Duration      // of a push, at most
	clocks   []time.Duration    // errors of the machines that ingest runs on
	clock    time.Duration      // of that of the aggregate
	rounds   [][]call           // calls of a round run at the same time

	// For controls: shares of steps that suffer a fault, if they are more, once so many rounds
	// are over.
	often map[faults.Op]float64
	calm  int
	round atomic.Int32 // under way, from 0
}

// call is one invocation by a schedule.
type call struct {
	stage    string
	request  drain.BridgeRequest
	patience time.Duration // of the caller; 0 for long enough
}

// planOf draws a plan.
func planOf(seed uint64) *plan {
	r := rand.New(rand.NewPCG(seed, 0x70a57))
	p := &plan{
		seed:     seed,
		children: map[string]bool{},
		rates:    map[string]float64{},
		moves:    0.05 * float64(r.IntN(4)),
		hold:     time.Duration(20+r.IntN(400)) * time.Millisecond,
		delay:    time.Duration(r.IntN(300)) * time.Millisecond,
		clock:    time.Duration(r.IntN(240)-120) * time.Minute,
	}
	for _, stage := range []string{bridgeStage, ingestStage, aggregateStage} {
		p.rates[stage] = 0.02 + 0.2*r.Float64()
		// The clock of the aggregate can be set in this process only.
		p.children[stage] = stage != aggregateStage && r.IntN(2) == 0
	}
	most := 25 * time.Minute // within what a query of the aggregate allows for
	if r.IntN(4) == 0 {
		most = 6 * time.Hour
	}
	for range 3 {
		p.clocks = append(p.clocks, time.Duration((2*r.Float64()-1)*float64(most)))
	}
	for round := range 2 + r.IntN(2) {
		p.rounds = append(p.rounds, roundOf(r, round))
		// However slow the machine is, some passes find half of the records.
		if r.IntN(2) == 0 {
			p.rounds = append(p.rounds, []call{{stage: aggregateStage, request: drain.BridgeRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 2}}}})
		}
	}
	return p
}

// Plan describes what a seed does.
func Plan(seed uint64) string {
	p := planOf(seed)
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n", seed)
	for _, stage := range []string{bridgeStage, ingestStage, aggregateStage} {
		fmt.Fprintf(&b, "  %-9s %4.1f %% of its steps have a fault; a process of its own: %v\n", stage, 100*p.rates[stage], p.children[stage])
	}
	fmt.Fprintf(&b, "  Kafka moves partitions or coordinators, or a broker leaves or joins, at %.0f %% of requests; pushes take up to %v; late is %v\n", 100*p.moves, p.delay, p.hold)
	fmt.Fprintf(&b, "  clocks are wrong by %v (ingest) and %v (aggregate)\n", p.clocks, p.clock)
	for i, round := range p.rounds {
		fmt.Fprintf(&b, "  round %d, at the same time:\n", i+1)
		for _, c := range round {
			body, _ := json.Marshal(c.request) // numbers and texts can't fail
			fmt.Fprintf(&b, "    %s %s", c.stage, body)
			if c.patience > 0 {
				fmt.Fprintf(&b, ", given up after %v", c.patience)
			}
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// roundOf draws invocations that overlap. The bridge's belong to one shard in
// most rounds, so that the passes of each find something new.
func roundOf(r *rand.Rand, round int) []call {
	var calls []call
	shards := 1 + min(1, r.IntN(4))
	for range 1 + r.IntN(2) {
		calls = append(calls, call{stage: bridgeStage, request: drain.BridgeRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 2}, Shard: round % shards, Shards: shards}})
	}
	for range 1 + r.IntN(2) {
		calls = append(calls, call{stage: aggregateStage, request: drain.BridgeRequest{Request: drain.Request{Until: drain.Deadline, Seconds: 0.3 + 0.5*r.Float64()}}})
	}
	for i := range calls {
		if r.IntN(4) == 0 {
			calls[i].patience = time.Duration(20+r.IntN(400)) * time.Millisecond
		}
	}
	return calls
}

// draw is a number from 0 to 1 for a step. It depends on the seed and the step,
// and not on the order in which steps happen.
func (p *plan) draw(what string, op faults.Op, n int) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s %d", p.seed, what, op, n) // never fails
	return rand.New(rand.NewPCG(h.Sum64(), p.seed)).Float64()
}

// choose is the fault of a step.
func (p *plan) choose(op faults.Op, n int) faults.Fault {
	rate := p.rates[op.Stage()]
	switch op {
	case faults.Metadata, faults.Offsets, faults.Committed:
		rate /= 5 // or few drains would come to reading
	case faults.Look, faults.IngestStatement:
		rate /= 5 // or few passes and appends would come to their commit
	case faults.Query, faults.Poll:
		rate /= 3 // the client waits a second before it tries again
	case faults.Statement, faults.PassStatement:
		rate /= 20 // a pass has many
	}
	if p.round.Load() >= int32(p.calm) {
		rate = max(rate, p.often[op])
	}
	if p.draw("fault", op, n) >= rate {
		return faults.None
	}
	kinds := faults.Of(op)
	return kinds[int(p.draw("kind", op, n)*float64(len(kinds)))]
}

// move moves the leaders of partitions and the coordinators of groups to other
// brokers, or has a broker leave or join, at the share of steps that the plan says.
func (p *plan) move(w *fixture, op faults.Op, n int) {
	if op.Stage() != bridgeStage || op == faults.Publish || p.draw("move", op, n) >= p.moves {
		return
	}
	to := p.draw("to", op, n)
	switch what := p.draw("what", op, n); {
	case what < 0.25:
		w.kafka.rehash()
	case what < 0.45:
		w.kafka.leave(to)
	case what < 0.65:
		w.kafka.join()
	default:
		for partition := range int32(partitions) {
			for _, topic := range []string{"voters", "votes"} {
				if p.draw(topic, op, n+int(partition)) < 0.5 {
					w.kafka.move(topic, partition, to)
				}
			}
		}
	}
}

// setup is the trial of a plan.
func (p *plan) setup(c *control) setup {
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(p.seed, 1))
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return r.IntN(n)
	}
	return setup{
		election: p.seed, children: p.children, control: c, clock: newClock(p.clock), batch: 4, audited: c == nil,
		skew:  func() time.Duration { return p.clocks[draw(len(p.clocks))] },
		delay: func() time.Duration { return time.Duration(draw(int(p.delay) + 1)) },
	}
}

// schedulePatience is how long a schedule waits for an answer. A call takes two
// seconds at most, but for late steps, whose end nobody waits for.
const schedulePatience = 5 * time.Second

// run runs the rounds of a plan.
func (p *plan) run(ctx context.Context, t *trial) error {
	t.in.Hold = p.hold
	t.in.Choose = func(op faults.Op, n int) faults.Fault {
		p.move(t.fixture, op, n)
		return p.choose(op, n)
	}
	t.in.Start()
	for i, round := range p.rounds {
		p.round.Store(int32(i))
		var wg sync.WaitGroup
		for _, c := range round {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.patience, schedulePatience))
				defer cancel()
				_, _ = t.call(ctx, c.stage, c.request) // the recovery repeats what fails
			})
		}
		wg.Wait()
		if err := t.observe(ctx); err != nil {
			return fmt.Errorf("how the count stands: %w", err)
		}
	}
	return ctx.Err()
}

// Seeds runs one trial for each of n seeds from first on, and calls done at the
// end of each.
func (h *Harness) Seeds(ctx context.Context, first uint64, n int, done func(seed uint64, r Result)) {
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	each(ctx, len(h.places), seeds, func(seed uint64) { done(seed, h.seed(ctx, seed, nil)) })
}

func (h *Harness) seed(ctx context.Context, seed uint64, c *control) Result {
	p := planOf(seed)
	if c != nil {
		p.often, p.calm = c.often, c.calm
	}
	return h.runTrial(ctx, fmt.Sprintf("seed %d", seed), p.setup(c), p.run)
}
