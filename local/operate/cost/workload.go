package cost

import (
	"errors"
	"fmt"
	"time"
)

// Workload is an election: everybody registers once, before the day, and votes
// once, evenly over the hours. Irregular records come in the measured share.
type Workload struct {
	Voters int64
	Hours  float64 // of voting

	PassInterval time.Duration // PASS_INTERVAL of aggregate
	Step         time.Duration // STEP_INTERVAL of aggregate; 0 is none
	Linger       time.Duration // LINGER_MS of the bridge
	Refresh      time.Duration // REFRESH of the dashboard: how often it looks, while it has readers
	Partitions   int           // of the topic of votes
	Shards       int           // of the bridge
}

// Suggested returns an election with the settings that suit its size.
func Suggested(voters int64, hours float64) Workload {
	w := Workload{Voters: voters, Hours: hours, Partitions: 4, Shards: 1}
	switch {
	case voters <= 100_000: // Terraform's defaults
		w.PassInterval, w.Step, w.Linger, w.Refresh = 30*time.Second, 5*time.Second, 25*time.Millisecond, 2*time.Second
	case voters <= 10_000_000:
		w.PassInterval, w.Step, w.Linger, w.Refresh = time.Minute, 15*time.Second, 250*time.Millisecond, 5*time.Second
	default:
		w.PassInterval, w.Step, w.Linger, w.Refresh, w.Partitions = 15*time.Minute, 5*time.Minute, time.Second, time.Minute, 8
	}
	return w
}

// Nation is a national election whose dashboard looks often enough for half of the votes to
// be shown within twenty seconds.
func Nation() Workload {
	w := Suggested(Sizes[len(Sizes)-1], documentedHours)
	w.Refresh = 20 * time.Second
	return w
}

// Validate returns every problem at once.
func (w Workload) Validate() error {
	var errs []error
	if w.Voters < 1 || w.Voters > 10_000_000_000 {
		errs = append(errs, fmt.Errorf("%d voters: want 1 to 10,000,000,000", w.Voters))
	}
	if !(w.Hours > 0 && w.Hours <= 24*31) {
		errs = append(errs, fmt.Errorf("%v hours: want more than 0 and at most 744, a month", w.Hours))
	}
	if w.PassInterval < time.Millisecond || w.PassInterval > time.Hour {
		errs = append(errs, fmt.Errorf("a pass every %v: want 1ms to 1h", w.PassInterval))
	}
	if w.Step < 0 || w.Step > time.Hour {
		errs = append(errs, fmt.Errorf("a step every %v: want 0 to 1h", w.Step))
	}
	if w.Linger < 0 || w.Linger > 10*time.Second {
		errs = append(errs, fmt.Errorf("a linger of %v: want 0 to 10s", w.Linger))
	}
	if w.Refresh < time.Second || w.Refresh > time.Hour {
		errs = append(errs, fmt.Errorf("a refresh every %v: want 1s to 1h", w.Refresh))
	}
	if w.Partitions < 1 || w.Shards < 1 || w.Shards > w.Partitions {
		errs = append(errs, fmt.Errorf("%d shards of %d partitions: want at least 1 of each, and no more shards than partitions", w.Shards, w.Partitions))
	}
	return errors.Join(errs...)
}

// seconds of voting.
func (w Workload) seconds() float64 { return w.Hours * 3600 }

// loadSeconds is how long the registrations take.
func (w Workload) loadSeconds() float64 { return float64(w.Voters) / (loadRate * float64(w.Shards)) }

// period is the time from pass to pass, in seconds, if a pass reads little.
func (w Workload) period() float64 { return w.periodOf(passTime(len(stepsOf(false)), 0)) }

// periodOf is the time from pass to pass, in seconds, if a pass takes so long.
func (w Workload) periodOf(took time.Duration) float64 { return max(w.PassInterval, took).Seconds() }

// perMessage is how many votes share a message if votes come evenly.
func (w Workload) perMessage(votes float64) float64 {
	rate := votes / w.seconds() / float64(w.Partitions)
	return min(max(1, rate*w.Linger.Seconds()), batchRecords)
}
