package scheduler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// Cloud Scheduler's defaults.
const (
	defaultAttemptDeadline = 3 * time.Minute
	defaultMinBackoff      = 5 * time.Second
	defaultMaxBackoff      = time.Hour
	defaultMaxDoublings    = 5
)

// Job is an HTTP request on a schedule.
type Job struct {
	Name string

	// Schedule is a unix-cron schedule like "*/5 * * * *", "every 1s" (the
	// first time at start), "continuously", or "never": only RunNow executes it.
	Schedule string

	// Zone is the time zone of a unix-cron schedule, like "Europe/Paris";
	// empty is UTC.
	Zone string

	URL    string
	Method string // empty is POST
	Header http.Header
	Body   []byte

	// Token, if set, sends an identity token of Google's shape, which isn't
	// signed by Google. A nil Token sends none.
	Token *Token

	// AttemptDeadline ends an attempt without an answer; 0 is 3 minutes.
	AttemptDeadline time.Duration

	Retry Retry
}

// Token names whom an identity token speaks for, and to whom.
type Token struct {
	ServiceAccount string // an e-mail address
	Audience       string // empty is the job's URL
}

// Retry says how often a failed attempt is repeated, and when: after
// MinBackoff, then twice as long each time for MaxDoublings times, then with
// steps of equal size, at most MaxBackoff.
//
// A job that runs continuously also waits so after an execution that failed.
type Retry struct {
	Count        int           // repetitions of a failed attempt; 0 is none
	MaxDuration  time.Duration // no repetition starts later than this after the first attempt; 0 is unlimited
	MinBackoff   time.Duration // 0 is 5 s
	MaxBackoff   time.Duration // 0 is 1 h
	MaxDoublings int           // 0 is 5
}

// backoff returns the wait before the n-th repetition, from 1.
func (r Retry) backoff(n int) time.Duration {
	d, step := r.MinBackoff, r.MinBackoff
	for i := 1; i < n && d < r.MaxBackoff; i++ {
		if i <= r.MaxDoublings {
			d *= 2
			step = d
		} else {
			d += step
		}
	}
	return min(d, r.MaxBackoff)
}

// complete fills in defaults and returns every problem at once.
func (j *Job) complete(p *profile.Profile) (schedule, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if j.Name == "" {
		fail("it needs a name")
	}
	if u, err := url.Parse(j.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fail("URL %q: want an http or https URL", j.URL)
	}
	zone, err := time.LoadLocation(j.Zone)
	if err != nil {
		fail("time zone %q: %v", j.Zone, err)
		zone = time.UTC
	}
	s, err := parseSchedule(j.Schedule, zone, p)
	if err != nil {
		errs = append(errs, err)
	}
	for name, d := range map[string]time.Duration{
		"attempt deadline": j.AttemptDeadline, "maximum retry duration": j.Retry.MaxDuration,
		"minimum back-off": j.Retry.MinBackoff, "maximum back-off": j.Retry.MaxBackoff,
	} {
		if d < 0 {
			fail("%s %v: must not be negative", name, d)
		}
	}
	if j.Retry.Count < 0 || j.Retry.MaxDoublings < 0 {
		fail("retry count %d, doublings %d: must not be negative", j.Retry.Count, j.Retry.MaxDoublings)
	}
	setDefault(&j.Method, http.MethodPost)
	setDefault(&j.AttemptDeadline, defaultAttemptDeadline)
	setDefault(&j.Retry.MinBackoff, defaultMinBackoff)
	setDefault(&j.Retry.MaxBackoff, defaultMaxBackoff)
	setDefault(&j.Retry.MaxDoublings, defaultMaxDoublings)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("job %q: %w", j.Name, err)
	}
	return s, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
