package torture

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"slices"
	"time"

	"cloud.google.com/go/civil"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

var electionDay = civil.Date{Year: 2026, Month: 11, Day: 3}

// partitions of each topic, and brokers that lead them at the start.
const (
	partitions = 2
	brokers    = 3
)

// world is a Kafka in which an election has taken place, and its true result.
type world struct {
	kafka    *cluster
	election *election.Election
	ledger   *ledger.Ledger
}

// options of an election that has some of everything in few records.
func options(seed uint64) simulate.Options {
	o := simulate.Defaults(electionDay)
	o.Seed = seed
	o.Election = village()
	o.Partitions = partitions
	o.Voters, o.Votes = 18, 24
	o.Duplicates, o.SecondVotes, o.LateVotes = 0.10, 0.15, 0.10
	o.UnknownVoters, o.UnknownCandidates, o.OutsideHours, o.Malformed = 0.05, 0.05, 0.05, 0.05
	o.LateVoters, o.Moved, o.Repeated = 0.10, 0.10, 0.10
	return o
}

// village is an election so small and short that most votes share their minute
// with another one for the same candidate: windows change often.
func village() *election.Election {
	e := simulate.BuiltIn(electionDay)
	e.ID = "village"
	e.Candidates, e.Regions = e.Candidates[:2], e.Regions[:1]
	e.Opens = electionDay.In(time.UTC).Add(12 * time.Hour)
	e.Closes = e.Opens.Add(2 * time.Minute)
	return e
}

// newWorld holds an election. The same seed puts the same records at the same
// places; only the broker's timestamps differ.
func newWorld(ctx context.Context, seed uint64, listen func(network, address string) (net.Listener, error)) (_ *world, err error) {
	kafka, err := kfake.NewCluster(kfake.NumBrokers(brokers), kfake.ListenFn(listen))
	if err != nil {
		return nil, fmt.Errorf("start Kafka: %w", err)
	}
	defer func() {
		if err != nil {
			kafka.Close()
		}
	}()
	o := options(seed)
	simulation, err := simulate.New(o)
	if err != nil {
		return nil, err
	}
	producer, err := simulate.NewProducer(ctx, simulation,
		kgo.SeedBrokers(kafka.ListenAddrs()...), kgo.RecordPartitioner(byValue))
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	if err := producer.Run(ctx); err != nil {
		return nil, err
	}
	return &world{kafka: newCluster(kafka), election: o.Election, ledger: producer.Ledger()}, nil
}

// byValue spreads the records of one voter over the partitions, so that an
// earlier vote may be read after a later one.
var byValue = kgo.BasicConsistentPartitioner(func(string) func(*kgo.Record, int) int {
	return func(r *kgo.Record, n int) int {
		h := fnv.New32a()
		_, _ = h.Write(r.Value) // never fails
		return int(h.Sum32() % uint32(n))
	}
})

func (w *world) close() { w.kafka.Close() }

// voterIDs are the secrets of the election, without repetition.
func (w *world) voterIDs() []string {
	var ids []string
	for i := range w.ledger.Votes {
		ids = append(ids, w.ledger.Votes[i].VoterID)
	}
	for i := range w.ledger.Registrations {
		ids = append(ids, w.ledger.Registrations[i].VoterID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
