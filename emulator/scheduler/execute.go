package scheduler

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/emulator/internal/endpoint"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
	"github.com/tallystream/tallystream/emulator/profile"
)

// execute attempts a job until it succeeds or its retries are used up.
func (s *Scheduler) execute(ctx context.Context, j *job, due time.Time) error {
	if !j.busy.TryLock() {
		return ErrRunning
	}
	defer j.busy.Unlock()
	first := time.Now()
	for n := 1; ; n++ {
		start := time.Now()
		err := s.attempt(ctx, j, due)
		s.log.Debug("attempt ended", "job", j.Name, "attempt", n, "took", time.Since(start), "error", err)
		if err == nil || ctx.Err() != nil || n > j.Retry.Count {
			return err
		}
		wait := j.Retry.backoff(n)
		if limit := j.Retry.MaxDuration; limit > 0 && time.Since(first)+wait > limit {
			return err
		}
		if profile.Sleep(s.schedule, wait) != nil {
			return err
		}
	}
}

// attempt sends the request once and returns nil if the answer is a success.
func (s *Scheduler) attempt(ctx context.Context, j *job, due time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, j.AttemptDeadline)
	defer cancel()
	req, err := j.request(ctx, due)
	if err != nil {
		return err
	}
	answer, begin, err := endpoint.Send(s.client, req)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s answered %s: %.200q", req.Method, req.URL, answer.Status, begin)
	}
	return nil
}

// request builds the request as Cloud Scheduler sends it.
func (j *job) request(ctx context.Context, due time.Time) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, j.Method, j.URL, bytes.NewReader(j.Body))
	if err != nil {
		return nil, err
	}
	if len(j.Body) > 0 {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	for name, values := range j.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Header.Set("User-Agent", "Google-Cloud-Scheduler")
	req.Header.Set("X-CloudScheduler", "true")
	req.Header.Set("X-CloudScheduler-JobName", j.Name)
	req.Header.Set("X-CloudScheduler-ScheduleTime", due.UTC().Format(time.RFC3339))
	if j.Token != nil {
		audience := cmp.Or(j.Token.Audience, j.URL)
		req.Header.Set("Authorization", "Bearer "+oidc.Token(j.Token.ServiceAccount, audience, time.Now()))
	}
	return req, nil
}
