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

// fixture is a Kafka that holds all records of an election, and its true result.
type fixture struct {
	kafka    *cluster
	election *election.Election
	ledger   *ledger.Ledger
}

// options of an election that has some of everything in few records.
func options(seed uint64) simulate.Options {
	o := simulate.Defaults(electionDay)
	o.Seed = seed
	o.Election = smallElection()
	o.Partitions = partitions
	o.Voters, o.Votes = 18, 24
	o.Duplicates, o.SecondVotes, o.LateVotes = 0.10, 0.15, 0.10
	o.UnknownVoters, o.UnknownCandidates, o.OutsideHours, o.Malformed = 0.05, 0.05, 0.05, 0.05
	o.LateVoters, o.Moved, o.Repeated = 0.10, 0.10, 0.10
	return o
}

// smallElection has two candidates, one region and two minutes of voting. Most
// votes share their minute with another vote for the same candidate, so that
// windows change often.
func smallElection() *election.Election {
	e := simulate.BuiltIn(electionDay)
	e.ID = "village"
	e.Candidates, e.Regions = e.Candidates[:2], e.Regions[:1]
	e.Opens = electionDay.In(time.UTC).Add(12 * time.Hour)
	e.Closes = e.Opens.Add(2 * time.Minute)
	return e
}

// newFixture starts a Kafka and produces an election to it. The same seed gives
// the same records at the same offsets; only the broker's timestamps differ.
func newFixture(ctx context.Context, seed uint64, listen func(network, address string) (net.Listener, error)) (_ *fixture, err error) {
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
	return &fixture{kafka: newCluster(kafka), election: o.Election, ledger: producer.Ledger()}, nil
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

func (f *fixture) close() { f.kafka.Close() }

// voterIDs are the secrets of the election, without repetition.
func (f *fixture) voterIDs() []string {
	var ids []string
	for i := range f.ledger.Votes {
		ids = append(ids, f.ledger.Votes[i].VoterID)
	}
	for i := range f.ledger.Registrations {
		ids = append(ids, f.ledger.Registrations[i].VoterID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
