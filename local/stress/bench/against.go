package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/stress/bench/pyspark"
	"github.com/tallystream/tallystream/shared/election"
)

// Comparison is how fast this system and PySpark count the same topics of one broker.
type Comparison struct {
	Records int64         `json:"records"`
	Votes   int64         `json:"votes"`
	Broker  string        `json:"broker"`
	State   string        `json:"pyspark_state"` // pyspark.SQL or pyspark.Python
	Ours    Rate          `json:"tallystream"`
	PySpark []PySparkRate `json:"pyspark"`
}

// Differences are those between all results and the ledger.
func (t *Comparison) Differences() int {
	n := t.Ours.Differences
	for _, r := range t.PySpark {
		n += r.Differences
	}
	return n
}

// Rate is how fast everything on the topics was counted.
type Rate struct {
	Start     float64 `json:"start_seconds"`     // until it could read
	Seconds   float64 `json:"seconds"`           // from then until the last record was in the result
	Processor float64 `json:"processor_seconds"` // meanwhile, without the broker's; 0 where the system has no /proc

	RecordsPerSecond float64 `json:"records_per_second"`
	WithStart        float64 `json:"records_per_second_with_start"`
	Differences      int     `json:"differences"` // between the result and the ledger
}

// PySparkRate is PySpark's.
type PySparkRate struct {
	Rate
	Batch   int  `json:"batch"`   // most records of a micro-batch
	Batches int  `json:"batches"` // how many there were
	Warm    bool `json:"warm"`    // the JVM had counted before

	Times          float64 `json:"times"`           // how many times as fast the other system is
	TimesProcessor float64 `json:"times_processor"` // how many times the other system's processor time it took; 0 where unknown
}

// everyRecord is more records than a topic has.
const everyRecord = math.MaxInt32

// batches are PySpark's micro-batches. With a bounded one the result moves while it
// counts, and with the other it is there at the end, soonest.
var batches = []int{100_000, 100_000, everyRecord}

// starter starts a scheduled system that reads from a broker.
type starter func(ctx context.Context, el *election.Election, brokers string) (*run.System, error)

// Against fills the topics of an Apache Kafka with Votes votes and as many voters, and has
// first a system count them from the earliest offset, then PySpark with its state in SQL or
// Python.
func (c *Config) Against(ctx context.Context, in pyspark.Installation, state string, start starter) (t Comparison, err error) {
	if err := in.Check(); err != nil {
		return t, err
	}
	dir, err := os.MkdirTemp("", "tallystream-kafka-")
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c.Log("starting Apache Kafka")
	broker, err := pyspark.StartBroker(ctx, in.KafkaJars, dir)
	if err != nil {
		return t, err
	}
	defer broker.Close()
	p, err := c.fill(ctx, broker)
	if err != nil {
		return t, err
	}
	defer p.Close()
	t.Records, t.Broker, t.State = int64(p.Ledger().Records()), "Apache Kafka", state
	t.Votes = p.Ledger().Books()[c.Election.VotesTopic].Records
	if t.Ours, err = c.ours(ctx, p, func() (*run.System, error) { return start(ctx, c.Election.Election, broker.Address()) }); err != nil {
		return t, err
	}
	t.PySpark, err = c.pyspark(ctx, in, state, p, broker.Address())
	for i := range t.PySpark {
		r := &t.PySpark[i]
		r.Times = t.Ours.RecordsPerSecond / r.RecordsPerSecond
		if t.Ours.Processor > 0 {
			r.TimesProcessor = r.Processor / t.Ours.Processor
		}
	}
	return t, err
}

// fill sends everything that is counted. The records are such as PySpark reads without a
// parser of one's own.
func (c *Config) fill(ctx context.Context, broker *pyspark.Broker) (*simulate.Producer, error) {
	o := c.options(c.Votes)
	o.Plain, o.Malformed = true, 0
	sim, err := simulate.New(o)
	if err != nil {
		return nil, err
	}
	p, err := simulate.NewProducer(ctx, sim, kgo.SeedBrokers(broker.Address()))
	if err != nil {
		return nil, err
	}
	defer c.Sending(sim, p)()
	if err := p.Run(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// ours has a system count, and compares every table with the ledger.
func (c *Config) ours(ctx context.Context, p *simulate.Producer, start func() (*run.System, error)) (r Rate, err error) {
	c.Log("Tallystream counts")
	begun := time.Now()
	s, err := start()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	processes := append(slices.Collect(maps.Values(s.Processes())), os.Getpid())
	ready, used := time.Now(), processorSeconds(processes...)
	r.Start = ready.Sub(begun).Seconds()
	if _, err := s.AwaitCounted(ctx, p.Ledger().End(), s.Patience()); err != nil {
		return r, err
	}
	r.Seconds, r.Processor = time.Since(ready).Seconds(), processorSeconds(processes...)-used
	r.rate(int64(p.Ledger().Records()))
	r.Differences, err = c.compare(ctx, s, p)
	return r, err
}

// rate works out the rates.
func (r *Rate) rate(records int64) {
	r.RecordsPerSecond = float64(records) / r.Seconds
	r.WithStart = float64(records) / (r.Start + r.Seconds)
}

// pyspark has PySpark count with each of the batches, and compares its windows with the
// ledger.
func (c *Config) pyspark(ctx context.Context, in pyspark.Installation, state string, p *simulate.Producer, brokers string) ([]PySparkRate, error) {
	c.Log("PySpark counts, %d times", len(batches))
	el := c.Election.Election
	job := pyspark.NewJob(el, brokers, c.Election.VotersTopic, c.Election.VotesTopic)
	job.Cores, job.Memory, job.State, job.Batches = runtime.NumCPU(), "2g", state, batches
	out, err := in.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	want, records := p.Ledger().Minutes(), int64(p.Ledger().Records())
	var rates []PySparkRate
	for i := range out.Counts {
		n := &out.Counts[i]
		if n.Records != records {
			return rates, fmt.Errorf("PySpark read %d records of %d", n.Records, records)
		}
		r := PySparkRate{Batch: batches[i], Batches: n.Batches, Warm: i > 0, Rate: Rate{Start: out.Start, Seconds: n.Seconds, Processor: n.Processor}}
		r.rate(records)
		got, err := n.Minutes(el)
		if err != nil {
			return rates, err
		}
		for _, m := range differing(got, want) {
			r.Differences++
			if r.Differences <= 5 {
				c.Log("  PySpark: %+v has %d votes, want %d", m, got[m], want[m])
			}
		}
		rates = append(rates, r)
	}
	return rates, nil
}

// differing are the keys at which two maps differ; a key that is absent stands for 0.
func differing[K comparable](a, b map[K]int64) (keys []K) {
	for k := range a {
		if a[k] != b[k] {
			keys = append(keys, k)
		}
	}
	for k := range b {
		if _, seen := a[k]; !seen && b[k] != 0 {
			keys = append(keys, k)
		}
	}
	return keys
}
