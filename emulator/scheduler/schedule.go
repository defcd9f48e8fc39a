package scheduler

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/tallystream/tallystream/emulator/profile"
)

// schedule says when a job's next execution is due, given the due time of the
// last one (zero before the first) and the time now.
type schedule interface {
	next(last, now time.Time) time.Time
}

// parseSchedule reads a unix-cron schedule of five fields in the time zone,
// "every DURATION" or "continuously".
func parseSchedule(s string, zone *time.Location, p *profile.Profile) (schedule, error) {
	switch every, ok := strings.CutPrefix(s, "every "); {
	case s == "continuously":
		return continuous{}, nil
	case ok:
		d, err := time.ParseDuration(strings.TrimSpace(every))
		if err != nil || d <= 0 {
			return nil, fmt.Errorf("schedule %q: want a positive duration after every, like 500ms or 10s", s)
		}
		return interval(d), nil
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	c, err := parser.Parse(s)
	if err != nil {
		return nil, fmt.Errorf(`schedule %q: %w; want five unix-cron fields like "*/5 * * * *", "every 1s" or "continuously"`, s, err)
	}
	return unixCron{c, zone, p}, nil
}

// unixCron is due at the minutes that its fields name.
type unixCron struct {
	cron.Schedule
	zone    *time.Location
	profile *profile.Profile // says how long a minute is
}

func (c unixCron) next(_, now time.Time) time.Time {
	return c.profile.Real(c.Next(c.profile.Virtual(now).In(c.zone)))
}

// interval is due at once, and then at fixed distances; due times that have
// passed are skipped.
type interval time.Duration

func (i interval) next(last, now time.Time) time.Time {
	if last.IsZero() {
		return now
	}
	d := time.Duration(i)
	due := last.Add(d)
	if missed := now.Sub(due); missed > 0 {
		due = due.Add((missed + d - 1) / d * d)
	}
	return due
}

// continuous is always due.
type continuous struct{}

func (continuous) next(_, now time.Time) time.Time { return now }
