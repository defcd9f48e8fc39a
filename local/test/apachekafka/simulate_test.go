package apachekafka

import (
	"strings"
	"testing"

	"cloud.google.com/go/civil"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/local/simulate"
)

// simulation is a small election.
func simulation(t *testing.T, voters, votes string) *simulate.Simulation {
	t.Helper()
	o := simulate.Defaults(civil.Date{Year: 2026, Month: 11, Day: 2})
	o.Voters, o.Votes, o.DayIn = 50, 30, 0
	o.VotersTopic, o.VotesTopic = voters, votes
	s, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The simulator writes to topics that exist with no other right than to write, and
// says which right or setting is missing otherwise.
func (s *secure) simulator(t *testing.T) {
	s.topic(t, "sim-voters", 2, nil)
	s.topic(t, "sim-votes", 2, nil)
	s.topic(t, "sim-compacted", 1, map[string]string{"cleanup.policy": "compact"})
	s.topic(t, "sim-stamped", 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	s.allow(t, "writer", kadm.NewACLs().Topics("sim-voters", "sim-votes", "sim-compacted").Operations(kadm.OpWrite))
	writer := s.kafka(t, "SCRAM", settings("SASL_MECHANISM", "scram-sha-256", "USERNAME", "writer", "PASSWORD", "writer-secret"))
	owner := s.kafka(t, "PLAIN", nil)

	p, err := simulate.NewProducer(t.Context(), simulation(t, "sim-voters", "sim-votes"), writer.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Error(err)
	}
	p.Close()
	w := s.bridge("sim-voters", "sim-votes")
	w.catchUp(t)
	if got := len(w.distinct(t, "sim-voters")) + len(w.distinct(t, "sim-votes")); got != p.Ledger().Records() {
		t.Errorf("%d records were carried, and %d sent", got, p.Ledger().Records())
	}

	for name, tt := range map[string]struct {
		votes string
		want  []string
	}{
		"compacted": {"sim-compacted", []string{"topic sim-compacted has cleanup.policy=compact", "set it to delete, or name another topic"}},
		"stamped":   {"sim-stamped", []string{"topic sim-stamped has message.timestamp.type=LogAppendTime"}},
	} {
		if _, err := simulate.NewProducer(t.Context(), simulation(t, "sim-voters", tt.votes), owner.Options()...); err == nil || !contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, err := simulate.NewProducer(t.Context(), simulation(t, "sim-voters", "sim-nowhere"), writer.Options()...); err == nil || !contains(err.Error(), []string{"topic sim-nowhere isn't there, or isn't for this account to see"}) {
		t.Errorf("a missing topic: %v", err)
	}
	// Without the right to read settings, the broker's own error tells.
	p, err = simulate.NewProducer(t.Context(), simulation(t, "sim-voters", "sim-compacted"), writer.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Run(t.Context()); err == nil || !contains(err.Error(), []string{"topic sim-compacted takes no record without a key: it is compacted"}) {
		t.Errorf("without keys: %v", err)
	}
}

func contains(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
