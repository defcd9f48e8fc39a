package e2etest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

// HMACKey is the key of the pseudonyms.
const HMACKey = "a key of the tests: at least 16 bytes"

var electionDay = civil.Date{Year: 2026, Month: 11, Day: 3}

// A Fixture is a Kafka that holds the records of an election, and its true result.
// Each scenario reads it into a warehouse of its own.
type Fixture struct {
	Brokers  string
	Election *election.Election
	Ledger   *ledger.Ledger
}

// NewFixture simulates an election. The broker lives as long as the test.
func NewFixture(t *testing.T, options simulate.Options) *Fixture {
	t.Helper()
	f, producer := NewSilentFixture(t, options)
	must(t, producer.Run(t.Context()))
	return f
}

// NewSilentFixture is a fixture whose records are still to be sent, by the producer. client
// are options of its clients of Kafka.
func NewSilentFixture(t *testing.T, options simulate.Options, client ...kgo.Opt) (*Fixture, *simulate.Producer) {
	t.Helper()
	broker, err := kafka.Start(t.Context(), kafka.Options{Partitions: 3})
	must(t, err)
	t.Cleanup(func() { _ = broker.Close() })
	options.Partitions = 3
	simulation, err := simulate.New(options)
	must(t, err)
	producer, err := simulate.NewProducer(t.Context(), simulation, append(client, kgo.SeedBrokers(broker.Addr()))...)
	must(t, err)
	t.Cleanup(producer.Close)
	e := options.Election
	if e == nil {
		e = election.OpenBallot()
	}
	return &Fixture{Brokers: broker.Addr(), Election: e, Ledger: producer.Ledger()}, producer
}

// Small is an election of few records, with irregularities.
func Small() simulate.Options {
	return clean().WithEverything()
}

// OpenBallot is an open ballot of the day before yesterday. Without voting hours a vote may be 366 days old at most.
func OpenBallot() simulate.Options {
	o := Small()
	o.Day, o.Election = civil.DateOf(time.Now().UTC()).AddDays(-2), nil
	return o
}

// Clean is an election without irregularities.
func clean() simulate.Options {
	o := simulate.Defaults(electionDay)
	o.Voters, o.Votes = 1500, 1200
	o.Election = simulate.BuiltIn(electionDay)
	return o
}

// settings is the environment of the functions in this fixture.
func (f *Fixture) settings() map[string]string {
	return map[string]string{"KAFKA_BROKERS": f.Brokers, "HMAC_KEY": HMACKey}
}

var projects struct {
	sync.Mutex
	n int
}

// projectName is the project of a scenario. The emulator is shared, so that no other
// scenario may have the same.
func projectName(t *testing.T) string {
	projects.Lock()
	defer projects.Unlock()
	projects.n++
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(t.Name()))
	const most = 60 // characters, and three more for the number: BigQuery takes 63
	name = strings.Trim(name, "-")
	return name[:min(len(name), most)] + "-" + string(rune('a'+projects.n%26)) + string(rune('a'+projects.n/26))
}
