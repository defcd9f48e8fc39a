package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
)

// Surge is the effect of a multiple of the planned rate on the system, and how long
// the system takes to recover.
type Surge struct {
	Rate    float64       `json:"votes_per_second"` // planned
	Factor  float64       `json:"factor"`
	Seconds float64       `json:"seconds"` // of the surge
	Votes   int64         `json:"votes"`   // in all
	Samples []SurgeSample `json:"samples"` // one a second

	Recovery    float64            `json:"recovery_seconds"` // from its end until the results are as fresh as before it
	MemoryMB    map[string]float64 `json:"memory_mb"`        // resident, each function's most
	Differences int                `json:"differences"`      // between the tables and the ledger
}

// SurgeSample says how many votes are where at a time.
type SurgeSample struct {
	Second  float64 `json:"second"` // since the first vote
	Sent    int64   `json:"sent"`   // since the sample before
	Kafka   int64   `json:"kafka"`  // records that no drain has committed
	PubSub  int     `json:"pubsub"` // messages that ingest hasn't acknowledged
	Waiting int64   `json:"waiting"`
	Age     float64 `json:"age_seconds"` // of the oldest vote that the results lack
}

// surgeLead is how long votes come at the planned rate before the surge, and
// surgeTail after it.
const (
	surgeLead = 10 * time.Second
	surgeTail = 30 * time.Second
)

// Surge sends votes at LatencyRate, then at SurgeFactor times that for SurgeFor,
// then at LatencyRate again. Each function has a process of its own.
func (c *Config) Surge(ctx context.Context) (result Surge, err error) {
	from, to := surgeLead, surgeLead+c.SurgeFor
	all := to + surgeTail
	o := c.options(int(c.LatencyRate * (surgeLead.Seconds() + c.SurgeFactor*c.SurgeFor.Seconds() + surgeTail.Seconds())))
	o.Rate, o.Surge = c.LatencyRate, simulate.Surge{Factor: c.SurgeFactor, From: from, To: to}
	o.Election = openIn(o.Election, 0, all)
	s, sim, p, err := c.producer(ctx, true, o)
	if err != nil {
		return result, err
	}
	defer closeAll(s, p, &err)
	c.Log("registering the voters")
	if _, err := c.phase(ctx, s, sim, p, p.Register); err != nil {
		return result, err
	}

	var memory Memory
	var coverage Coverage
	gauge, err := newGauge(s, sim.Options().VotesTopic)
	if err != nil {
		return result, err
	}
	defer gauge.close()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var watchers sync.WaitGroup
	watchers.Go(func() { memory.Watch(watching, s.Processes) })
	watchers.Go(func() { coverage.Watch(watching, s, 100*time.Millisecond, gauge.results) })
	begun := time.Now()
	watchers.Go(func() { gauge.watch(watching, begun, p) })
	results, err := c.phase(ctx, s, sim, p, p.Vote)
	ended := time.Now()
	stop()
	watchers.Wait()
	if err != nil {
		return result, err
	}
	coverage.Observe(ended, results.Read())

	ages := newAges(&coverage, p.Ledger().Votes)
	for i := range gauge.samples {
		gauge.samples[i].Age = ages.at(begun.Add(seconds(gauge.samples[i].Second))).Seconds()
	}
	result = Surge{
		Rate: c.LatencyRate, Factor: c.SurgeFactor, Seconds: c.SurgeFor.Seconds(),
		Votes: p.Ledger().Books()[o.VotesTopic].Records, Samples: gauge.samples,
		Recovery: ages.recovery(begun, from, to, ended.Sub(begun)).Seconds(), MemoryMB: memory.Peaks(),
	}
	result.Differences, err = c.compare(ctx, s, p)
	return result, err
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// gauge takes a sample once a second.
type gauge struct {
	system  *run.System
	client  *kgo.Client
	admin   *kadm.Client
	group   string
	topic   string
	samples []SurgeSample

	mu      sync.Mutex
	settled int64 // records of the topic that the results cover
}

func newGauge(s *run.System, topic string) (*gauge, error) {
	client, err := kgo.NewClient(s.Kafka().Options()...)
	if err != nil {
		return nil, fmt.Errorf("client of Kafka that reads the lag: %w", err)
	}
	group := s.Getenv("KAFKA_GROUP")
	if group == "" {
		group = "tallystream" // the bridge's default
	}
	return &gauge{system: s, client: client, admin: kadm.NewClient(client), group: group, topic: topic}, nil
}

func (g *gauge) close() { g.client.Close() }

// results is called with the results of each poll.
func (g *gauge) results(r *run.Results) {
	var n int64
	for _, next := range r.Settled()[g.topic] {
		n += next
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settled = n
}

// watch takes samples until ctx ends. A sample that can't be read is left out: the
// broker and the emulators are under the same load.
func (g *gauge) watch(ctx context.Context, begun time.Time, p *simulate.Producer) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	sent := int64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, votes := p.Progress()
		sample := SurgeSample{Second: time.Since(begun).Seconds(), Sent: votes.Acked - sent}
		ends, lag, err := g.lag(ctx)
		if err != nil {
			continue
		}
		backlog, err := g.system.Backlog()
		if err != nil {
			continue
		}
		sent = votes.Acked
		g.mu.Lock()
		sample.Kafka, sample.PubSub, sample.Waiting = lag, backlog.Messages, max(0, ends-g.settled)
		g.mu.Unlock()
		g.samples = append(g.samples, sample)
	}
}

// lag returns how many records the topic has, and how many of them aren't
// committed.
func (g *gauge) lag(ctx context.Context) (ends, lag int64, err error) {
	end, err := g.admin.ListEndOffsets(ctx, g.topic)
	if err != nil {
		return 0, 0, err
	}
	committed, err := g.admin.FetchOffsets(ctx, g.group)
	if err != nil {
		return 0, 0, err
	}
	end.Each(func(o kadm.ListedOffset) {
		ends += o.Offset
		at := int64(0)
		if c, ok := committed.Lookup(o.Topic, o.Partition); ok {
			at = c.At
		}
		lag += max(0, o.Offset-at)
	})
	return ends, lag, nil
}
