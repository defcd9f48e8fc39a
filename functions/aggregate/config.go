package aggregate

import (
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/electionfile"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logging"
)

// Config is the configuration of the function.
type Config struct {
	Warehouse endpoint.Warehouse
	Election  *election.Election
	Drain     time.Duration // DRAIN_SECONDS: how long an invocation repeats passes
	Interval  time.Duration // PASS_INTERVAL: least time from the start of a pass to the next
	Step      time.Duration // STEP_INTERVAL: least time from one step of the shown votes to the next
	Idle      drain.Idle    // IDLE_SECONDS and the election's hours: when an invocation ends before DRAIN_SECONDS

	// Tests set these; no environment variable does.
	Most int64            // new records that a pass takes; 0 is MostRecords, or MostRecordsPostgres
	Live int64            // unsettled records that readers see at most; 0 is Most, or postgres.MostLive
	Now  func() time.Time // nil is time.Now
}

// ConfigFrom reads the configuration from environment variables. Its error holds
// everything that is wrong.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	c := Config{
		Warehouse: endpoint.WarehouseFrom(env),
		Election:  electionfile.From(env),
		Drain:     env.Duration("DRAIN_SECONDS", 55*time.Second, time.Second, 0, time.Hour),
		Interval:  env.Duration("PASS_INTERVAL", 2*time.Second, time.Second, time.Millisecond, time.Hour),
		Step:      env.Duration("STEP_INTERVAL", 0, time.Second, 0, time.Hour),
	}
	c.Idle = drain.IdleFrom(env, c.Election)
	logging.Level(env) // logging.Default takes it
	return c, env.Err()
}
