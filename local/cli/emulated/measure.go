//go:build cgo

package emulated

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/stress/bench"
)

// measuredVotes is the size of the election that is measured: enough for one
// message of each size.
const measuredVotes = 50_000

func measureCost(ctx context.Context, h *cli.Host, file string) error {
	day := cli.Yesterday()
	c := bench.Config{
		StageVotes: measuredVotes, DashboardFor: time.Second,
		Election: simulate.Defaults(day),
		Log:      func(format string, args ...any) { h.Console.Printf("  "+format, args...) },
		Sending:  func(*simulate.Simulation, *simulate.Producer) func() { return func() {} },
		Start:    benchSystem(h, run.Options{Partitions: 4}),
	}
	c.Election.Election = simulate.BuiltIn(day)
	m, err := c.Measure(ctx)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("write the measurement: %w", err)
	}
	h.Console.Printf("Measured: %s. Build again to reckon with it.", file)
	return nil
}
