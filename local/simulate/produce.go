package simulate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Producer sends a simulation to a broker and keeps the ledger of it.
type Producer struct {
	simulation *Simulation
	client     *kgo.Client
	huge       *kgo.Client // for records larger than the other client's batches; nil if there are none
	topicIDs   map[string]string
	ledger     *ledger.Ledger

	voters, votes phase

	mu     sync.Mutex
	failed int
	first  error // why the first of the failed records was refused
}

// NewProducer connects to the broker that opts lead to and creates the topics
// that it lacks.
func NewProducer(ctx context.Context, s *Simulation, opts ...kgo.Opt) (*Producer, error) {
	o := &s.options
	opts = append(slices.Clone(opts),
		kgo.MaxBufferedRecords(100_000),
		kgo.ProducerBatchCompression(kgo.SnappyCompression()),
		kgo.ProducerLinger(s.linger()),
		kgo.RecordDeliveryTimeout(2*time.Minute),
		kgo.MetadataMinAge(10*time.Millisecond), // until then a client doesn't see topics that it has created
	)
	p := &Producer{simulation: s, ledger: &ledger.Ledger{Election: s.truth()}}
	p.voters.name, p.votes.name = "voters", "votes"
	var err error
	if p.client, err = kgo.NewClient(opts...); err != nil {
		return nil, fmt.Errorf("kafka client: %w", err)
	}
	if o.Huge > 0 {
		// Compressed, such a record stays under a broker's usual megabyte.
		largest := int32(o.HugeBytes + 1<<20)
		p.huge, err = kgo.NewClient(append(opts, kgo.ProducerBatchMaxBytes(largest), kgo.BrokerMaxWriteBytes(4*largest))...)
		if err != nil {
			p.Close()
			return nil, fmt.Errorf("kafka client for huge records: %w", err)
		}
	}
	if p.topicIDs, err = ensureTopics(ctx, p.client, o.Partitions, o.VotersTopic, o.VotesTopic); err != nil {
		p.Close()
		return nil, err
	}
	p.ledger.Votes = make([]ledger.Vote, 0, o.Votes)
	p.ledger.Registrations = make([]ledger.Registration, 0, o.Voters+o.Voters/8)
	return p, nil
}

// linger is how long the client collects records for a batch. At a given pace it
// sends at once, so that the latency of each vote can be measured.
func (s *Simulation) linger() time.Duration {
	if s.options.Rate > 0 || s.options.DayIn > 0 {
		return 0
	}
	return 10 * time.Millisecond
}

// truth is the election in the form of the ledger.
func (s *Simulation) truth() ledger.Election {
	el := s.options.Election
	if el == nil {
		return ledger.Election{ID: "open"}
	}
	truth := ledger.Election{ID: el.ID, Date: el.Date.String()}
	for _, c := range el.Candidates {
		truth.Candidates = append(truth.Candidates,
			ledger.Candidate{ID: c.ID, Name: c.Name, Party: c.Party, Image: c.Portrait})
	}
	for _, r := range el.Regions {
		truth.Regions = append(truth.Regions, r.ID)
	}
	return truth
}

// Close gives up the connections.
func (p *Producer) Close() {
	p.client.Close()
	if p.huge != nil {
		p.huge.Close()
	}
}

// Ledger has an entry for each record that was sent. It may be read while nothing is
// being sent.
func (p *Producer) Ledger() *ledger.Ledger { return p.ledger }

// Run sends everything.
func (p *Producer) Run(ctx context.Context) error {
	first, second := p.Register, p.Vote
	if p.simulation.options.VotersLast {
		first, second = second, first
	}
	if err := first(ctx); err != nil {
		return err
	}
	return second(ctx)
}

// Register sends the registrations that don't belong to the voting day, as
// fast as the broker takes them.
func (p *Producer) Register(ctx context.Context) error {
	s := p.simulation
	return p.send(ctx, &p.voters, s.Registrations(), s.EachRegistration, func(int, *Record) time.Duration { return 0 })
}

// Vote sends the voting day at the pace that the options ask for.
func (p *Producer) Vote(ctx context.Context) error {
	s := p.simulation
	o := &s.options
	pace := func(int, *Record) time.Duration { return 0 }
	switch day := s.ends.Sub(s.begins); {
	case o.Rate > 0:
		pace = func(i int, _ *Record) time.Duration {
			return o.Surge.at(i, o.Rate)
		}
	case o.DayIn > 0:
		pace = func(_ int, r *Record) time.Duration {
			return time.Duration(float64(min(r.At, day)) / float64(day) * float64(o.DayIn))
		}
	}
	return p.send(ctx, &p.votes, s.Day(), s.EachOfDay, pace)
}

// phase is the sending of one of the two groups of records.
type phase struct {
	name         string
	begun, ended atomic.Int64 // nanoseconds since 1970; 0 for not yet
	acked        atomic.Int64
}

// Progress is how far a phase is.
type Progress struct {
	Acked int64         // records that the broker has taken
	Took  time.Duration // so far
}

// Progress returns how far the voters registered beforehand are, and the records
// of the voting day. It may be called at any time.
func (p *Producer) Progress() (voters, votes Progress) {
	return p.voters.progress(), p.votes.progress()
}

func (p *phase) progress() Progress {
	begun, ended := p.begun.Load(), p.ended.Load()
	if begun == 0 {
		return Progress{}
	}
	if ended == 0 {
		ended = time.Now().UnixNano()
	}
	return Progress{Acked: p.acked.Load(), Took: time.Duration(ended - begun)}
}

// send sends records, each no sooner than pace says, and waits for the broker.
func (p *Producer) send(
	ctx context.Context, lot *phase, total int, records iter.Seq[*Record], pace func(int, *Record) time.Duration,
) error {
	begun := time.Now()
	lot.begun.Store(begun.UnixNano())
	defer func() { lot.ended.Store(time.Now().UnixNano()) }()
	i := 0
	for r := range records {
		if ctx.Err() != nil || (i%1024 == 0 && p.refused() != nil) {
			break
		}
		if wait(ctx, begun.Add(pace(i, r))) != nil {
			break
		}
		p.produce(ctx, r, lot)
		i++
	}
	if err := p.flush(ctx); err != nil {
		return fmt.Errorf("send %s: %d of %d records were sent: %w", lot.name, lot.acked.Load(), total, context.Cause(ctx))
	}
	if err := p.refused(); err != nil {
		return fmt.Errorf("send %s: %w", lot.name, err)
	}
	return context.Cause(ctx)
}

// flush waits until the broker has answered for everything.
func (p *Producer) flush(ctx context.Context) error {
	if p.huge != nil {
		if err := p.huge.Flush(ctx); err != nil {
			return err
		}
	}
	return p.client.Flush(ctx)
}

// wait returns at a time, within a millisecond.
func wait(ctx context.Context, until time.Time) error {
	d := time.Until(until)
	if d < time.Millisecond {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// produce sends one record, and enters it in the ledger when the broker has given
// it an offset.
func (p *Producer) produce(ctx context.Context, r *Record, lot *phase) {
	kr := &kgo.Record{
		Topic: r.Topic, Key: r.Key, Value: r.Value,
		// Kafka keeps milliseconds; the ledger must know the same.
		Timestamp: time.UnixMilli(time.Now().UnixMilli()),
	}
	client := p.client
	if r.Reject == rejection.RecordTooLarge {
		client = p.huge
	}
	client.Produce(ctx, kr, func(kr *kgo.Record, err error) {
		if err != nil {
			p.refuse(kr, err)
			return
		}
		p.enter(r, ledger.At(kafka.TopicPartition{Topic: kr.Topic, TopicID: p.topicIDs[kr.Topic], Partition: kr.Partition}, kr.Offset, kr.Timestamp.UnixMilli()))
		lot.acked.Add(1)
	})
}

// enter enters a record that has an offset.
func (p *Producer) enter(r *Record, at ledger.Position) {
	switch {
	case r.Vote != nil:
		r.Vote.Position = at
		p.ledger.AddVote(*r.Vote)
	case r.Registration != nil:
		r.Registration.Position = at
		p.ledger.AddRegistration(*r.Registration)
	default:
		p.ledger.AddReject(ledger.Reject{Position: at, Reason: r.Reject})
	}
}

func (p *Producer) refuse(r *kgo.Record, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed++
	if p.first != nil {
		return
	}
	p.first = err
	if errors.Is(err, kerr.InvalidRecord) && r.Key == nil {
		p.first = fmt.Errorf("topic %s takes no record without a key: it is compacted (cleanup.policy), "+
			"and keeps the last of each key, which the true result doesn't know: set it to delete, or name another topic: %w", r.Topic, err)
	}
	if errors.Is(err, kerr.MessageTooLarge) {
		p.first = fmt.Errorf("a record of %d bytes is more than the broker takes (raise the topic's "+
			"max.message.bytes, or send no huge records): %w", len(r.Value), err)
	}
}

func (p *Producer) refused() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		return nil
	}
	return fmt.Errorf("the broker refused %d records; the first: %w", p.failed, p.first)
}
