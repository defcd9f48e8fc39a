package cloudrun

import (
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
	// URL is where the service answers, http://host:port with or without a path.
	URL string
	// Processor is the service's; nil leaves it on.
	Processor Processor
}

// Processor is taken away from a service while no request is under way: Cloud Run
// bills by the request unless told otherwise
// (https://cloud.google.com/run/docs/configuring/billing-settings).
type Processor interface {
	Pause()
	Resume()
}

func (s *Service) check() (*url.URL, error) {
	var errs []error
	target, err := url.Parse(s.URL)
	if err != nil || target.Host == "" {
		errs = append(errs, fmt.Errorf("URL %q: want http://host:port", s.URL))
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
		return nil, fmt.Errorf("service %s: %w", s.Name, err)
	}
	return target, nil
}
