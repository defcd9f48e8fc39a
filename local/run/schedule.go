package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/emulator/scheduler"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

// startSchedule calls bridge and aggregate over and over, each again when its call
// has ended. In the cloud they are called every minute and drain for 55 seconds.
func (s *System) startSchedule(ctx context.Context) error {
	if s.profile != nil {
		return s.runJobs(ctx, s.cloudJobs())
	}
	var jobs []scheduler.Job
	for _, function := range []string{settings.Bridge, settings.Aggregate} {
		body, err := json.Marshal(drain.Request{Until: drain.Deadline, Seconds: scheduledDrain.Seconds()})
		if err != nil {
			return err
		}
		jobs = append(jobs, scheduler.Job{
			Name: function, Schedule: "continuously", URL: s.functionURL(function), Body: body,
			Header:          http.Header{"Content-Type": {"application/json"}},
			AttemptDeadline: scheduledDrain + time.Minute,
			// A function that is down is called again at once, then less often.
			Retry: scheduler.Retry{MinBackoff: 200 * time.Millisecond, MaxBackoff: 5 * time.Second},
		})
	}
	return s.runJobs(ctx, jobs)
}

// runJobs runs jobs until the system is closed.
func (s *System) runJobs(ctx context.Context, jobs []scheduler.Job) error {
	running, err := scheduler.Start(context.WithoutCancel(ctx), scheduler.Options{
		Jobs: jobs, Profile: s.profile, Client: s.client, // without a log: the functions say themselves what failed
	})
	if err != nil {
		return fmt.Errorf("start the schedule: %w", err)
	}
	s.schedule = running
	s.onClose(partSchedule, func() error {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = running.Close(now) // drains are cut off: nothing is lost by that
		return nil
	})
	return nil
}

// CatchUp runs the job by which a person has a deployment count what has come, without
// waiting for the next pass. It fails where the system has no schedule, or isn't like the cloud.
func (s *System) CatchUp(ctx context.Context) error {
	if s.schedule == nil {
		return errors.New("catch up: the system has no schedule")
	}
	return s.schedule.RunNow(ctx, drain.RebuildJob)
}

// scheduledDrain is how long a scheduled call works.
const scheduledDrain = 55 * time.Second
