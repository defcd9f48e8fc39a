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
	case s == "never":
		return never{}, nil
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

// unixCron is due at the minutes that its fields name. One that has passed while the last
// execution ran is due at once: "A scheduled start time will be delayed if the previous
// execution has not ended when its scheduled time occurs"
// (https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs). Of
// several, the last is.
type unixCron struct {
	cron.Schedule
	zone    *time.Location
	profile *profile.Profile // says how long a minute is
}

func (c unixCron) next(last, now time.Time) time.Time {
	after := func(t time.Time) time.Time {
		// A minute that went through the profile's time may have lost some nanoseconds.
		virtual := c.profile.Virtual(t).Round(time.Millisecond)
		return c.profile.Real(c.Next(virtual.In(c.zone)))
	}
	if last.IsZero() {
		return after(now)
	}
	due := after(last)
	for {
		following := after(due)
		if following.After(now) {
			return due
		}
		due = following
	}
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

// never is due in a time that nobody waits for.
type never struct{}

func (never) next(_, now time.Time) time.Time { return now.AddDate(100, 0, 0) }

// Next is the first time after t at which a job's schedule is due.
func (j Job) Next(t time.Time, p *profile.Profile) (time.Time, error) {
	s, err := j.complete(p) // of the copy
	if err != nil {
		return time.Time{}, err
	}
	return s.next(time.Time{}, t), nil
}
