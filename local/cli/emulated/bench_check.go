package emulated

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// check says what is wrong with the options.
func (o *benchOptions) check(flags *pflag.FlagSet) error {
	return errors.Join(checkBench(&o.Config), checkLike(*o.like, o.likeRate, o.likeFor, o.surge, flags),
		checkNational(*o.like, o.national, o.nationalRate, flags), checkAgainst(o.against, &o.Config, flags),
		checkWarehouses(o.warehouses, *o.like, o.surge, o.against))
}

// checkLike says what is wrong with the flags of the latency like the cloud.
func checkLike(like run.Like, rate float64, length time.Duration, surge bool, flags *pflag.FlagSet) error {
	switch {
	case like == "" && (flags.Changed("like-rate") || flags.Changed("like-for")):
		return errors.New("--like-rate and --like-for are of the latency of --like: give that too")
	case like != "" && surge:
		return errors.New("--surge measures nothing else: leave out --like")
	case !(rate > 0) || length <= 0:
		return fmt.Errorf("--like-rate %v for --like-for %v: want more than 0 of both", rate, length)
	}
	return nil
}

// checkNational says what is wrong with the flags of the national latency.
func checkNational(like run.Like, national bool, rate float64, flags *pflag.FlagSet) error {
	switch {
	case national && like == "":
		return errors.New("--national is measured in the times of --like: give that too")
	case !national && flags.Changed("national-rate"):
		return errors.New("--national-rate is of --national: give that too")
	case !(rate > 0):
		return fmt.Errorf("--national-rate %v: want more than 0", rate)
	}
	return nil
}

// checkBench says what is wrong with the flags.
func checkBench(m *bench.Config) error {
	var errs []error
	for _, flag := range []struct {
		name  string
		value float64
	}{
		{"votes", float64(m.Votes)}, {"rate", m.LatencyRate}, {"for", m.LatencyFor.Seconds()}, {"stage-votes", float64(m.StageVotes)},
		{"dashboard-for", m.DashboardFor.Seconds()}, {"cold-starts", float64(m.ColdStartTimes)},
		{"surge-factor", m.SurgeFactor}, {"surge-for", m.SurgeFor.Seconds()},
	} {
		if !(flag.value >= 0) {
			errs = append(errs, fmt.Errorf("--%s is less than 0: want 0 or more", flag.name))
		}
	}
	for _, flag := range []struct {
		name  string
		given bool
	}{{"watched", m.Watched}, {"whole-day", m.WholeDay}} {
		if flag.given && m.Votes == 0 {
			errs = append(errs, fmt.Errorf("--%s is of the throughput, which --votes 0 leaves out: leave out one of them", flag.name))
		}
	}
	return errors.Join(errs...)
}

// checkWarehouses says what is wrong with the choice of warehouses.
func checkWarehouses(kinds []string, like run.Like, surge bool, against string) error {
	for _, kind := range kinds {
		if err := cli.CheckWarehouse(kind); err != nil {
			return err
		}
	}
	switch {
	case surge && len(kinds) > 1:
		return errors.New("--surge is of one warehouse: name one with --warehouse")
	case against != "" && len(kinds) > 0:
		return errors.New("--pyspark compares with the tables in BigQuery: leave out --warehouse")
	case like != "" && len(kinds) > 0 && !slices.Contains(kinds, endpoint.BigQuery):
		return errors.New("--like is of BigQuery: leave it out, or name bigquery in --warehouse too")
	}
	return nil
}
