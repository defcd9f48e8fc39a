package cloudrun

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// Service is what Cloud Run is told of a service.
type Service struct {
	Name         string
	Concurrency  int           // requests that an instance takes at a time
	MinInstances int           // that are kept
	MaxInstances int           // that there may be
	Timeout      time.Duration // of a request, in the cloud's time
	// Internal refuses requests of other callers than Cloud Scheduler and Pub/Sub.
	Internal bool
	// Start is what a cold start is to the profile.
	Start profile.Operation
	// URL is where the service answers, http://host:port with or without a path: one
	// process, however many instances are counted.
	URL string
	// Processor is that of the service at the URL; nil leaves it on.
	Processor Processor
	// Launch starts a process for each instance, in place of the URL, and returns once it
	// answers.
	Launch func(context.Context) (Instance, error)
}

// Instance is a process that Launch has started.
type Instance struct {
	URL       string          // where it answers, http://host:port
	Processor Processor       // nil leaves it on
	Ended     <-chan struct{} // closed when the process has ended, however that was
	Stop      func()          // ends the process in order, and returns when it has ended
}

// Processor is taken away from a service while no request is under way: Cloud Run
// bills by the request unless told otherwise
// (https://cloud.google.com/run/docs/configuring/billing-settings).
type Processor interface {
	Pause()
	Resume()
}

func (s *Service) check() error {
	var errs []error
	switch {
	case s.Launch != nil && (s.URL != "" || s.Processor != nil):
		errs = append(errs, errors.New("want Launch or a URL, not both"))
	case s.Launch == nil:
		_, err := target(s.URL)
		errs = append(errs, err)
	}
	if s.Concurrency < 1 || s.Concurrency > 1000 {
		errs = append(errs, fmt.Errorf("concurrency %d: want 1 to 1000", s.Concurrency))
	}
	if s.MaxInstances < 1 || s.MinInstances < 0 || s.MinInstances > s.MaxInstances {
		errs = append(errs, fmt.Errorf("%d to %d instances: want one or more, and no more at least than at most", s.MinInstances, s.MaxInstances))
	}
	if s.Timeout <= 0 || s.Timeout > time.Hour {
		errs = append(errs, fmt.Errorf("time-out %v: want up to an hour", s.Timeout))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("service %s: %w", s.Name, err)
	}
	return nil
}

// target is the URL of a service or an instance.
func target(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("URL %q: want http://host:port", text)
	}
	return u, nil
}
