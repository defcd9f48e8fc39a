package emulated

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/stress/bench"
)

// runSurge measures a surge. The last line of standard output is the result.
func runSurge(ctx context.Context, h *cli.Host, c *bench.Config) error {
	h.Console.Printf("A surge of %.0f votes/s for %v, with %.0f votes/s before and after.", c.SurgeFactor*c.LatencyRate, c.SurgeFor, c.LatencyRate)
	s, err := c.Surge(ctx)
	if err != nil {
		return fmt.Errorf("surge: %w", err)
	}
	fmt.Fprint(h.Stdout, surgeTable(thisMachine(), &s))
	var wrong error
	if s.Differences > 0 {
		wrong = errors.New("the tables differ from the ledger: see above")
	}
	return errors.Join(json.NewEncoder(h.Stdout).Encode(struct {
		Machine string      `json:"machine"`
		Surge   bench.Surge `json:"surge"`
	}{thisMachine(), s}), wrong)
}

// surgeTable is the result for people.
func surgeTable(machine string, s *bench.Surge) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nEverything on one machine: %s\n\n", machine)
	fmt.Fprintf(&b, "  %6s %9s %12s %14s %12s %12s\n", "second", "sent", "Kafka's lag", "Pub/Sub's", "not counted", "oldest vote")
	fmt.Fprintf(&b, "  %6s %9s %12s %14s %12s %12s\n", "", "votes", "records", "messages", "records", "seconds")
	for _, at := range s.Samples {
		fmt.Fprintf(&b, "  %6.0f %9s %12s %14s %12s %12.1f\n", at.Second,
			console.Number(at.Sent), console.Number(at.Kafka), console.Number(int64(at.PubSub)), console.Number(at.Waiting), at.Age)
	}
	fmt.Fprintf(&b, "\n  %s votes, %s; as fresh as before %.1f s after the surge\n", console.Number(s.Votes), exactness(s.Differences), s.Recovery)
	for _, name := range sortedKeys(s.MemoryMB) {
		fmt.Fprintf(&b, "  memory of %-10s at most %.0f MB resident\n", name, s.MemoryMB[name])
	}
	return b.String() + "\n"
}
