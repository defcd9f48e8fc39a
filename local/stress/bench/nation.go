package bench

import (
	"strconv"
	"time"

	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/run"
)

// Nation has the latency of a national election measured: in the times of its tables, with the
// settings that docs/cost.md has for it. Statements take as long as in the middle of the
// voting, with the rows that the model of the cost has then. It returns what to start a
// system with.
func (c *Config) Nation(like run.Like) (run.Options, error) {
	measured, err := cost.Measured()
	if err != nil {
		return run.Options{}, err
	}
	w := cost.Nation()
	c.Modelled, c.CatchUp = w.Voters, true
	c.Election.Partitions = int32(w.Partitions)
	return run.Options{
		Partitions: int32(w.Partitions), Like: like, Rows: cost.Rows(w, measured), Settings: settingsOf(w, like.Speed()),
	}, nil
}

// settingsOf are the settings of a workload, at a speed. DELAYED_AFTER follows as in
// Terraform.
func settingsOf(w cost.Workload, speed float64) map[string]string {
	in := func(d, unit time.Duration) string {
		return strconv.FormatFloat(float64(d)/speed/float64(unit), 'f', -1, 64)
	}
	return map[string]string{
		"PASS_INTERVAL": in(w.PassInterval, time.Second), "STEP_INTERVAL": in(w.Step, time.Second),
		"LINGER_MS": in(w.Linger, time.Millisecond), "REFRESH": in(w.Refresh, time.Second),
		"DELAYED_AFTER": in(max(4*w.PassInterval, 3*time.Minute), time.Second),
	}
}
