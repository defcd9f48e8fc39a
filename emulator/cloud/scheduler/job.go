package scheduler

import (
	"net/http"
	"path"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	calls "github.com/tallystream/tallystream/emulator/scheduler"
)

// Limits of the reference of a job and of its retries.
const (
	minDeadline, maxDeadline = 15 * time.Second, 30 * time.Minute
	maxRetries               = 5
)

// resource is a job as the API has it.
type resource struct {
	Name            string       `json:"name"`
	Description     string       `json:"description,omitempty"`
	Schedule        string       `json:"schedule"`
	TimeZone        string       `json:"timeZone,omitempty"`
	HTTPTarget      *httpTarget  `json:"httpTarget,omitempty"`
	RetryConfig     *retryConfig `json:"retryConfig,omitempty"`
	AttemptDeadline string       `json:"attemptDeadline,omitempty"`

	// What only the service sets.
	State           string   `json:"state,omitempty"`
	UserUpdateTime  string   `json:"userUpdateTime,omitempty"`
	ScheduleTime    string   `json:"scheduleTime,omitempty"`
	LastAttemptTime string   `json:"lastAttemptTime,omitempty"`
	Status          *outcome `json:"status,omitempty"`
}

type httpTarget struct {
	URI        string            `json:"uri"`
	HTTPMethod string            `json:"httpMethod,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       []byte            `json:"body,omitempty"`
	OIDCToken  *oidcToken        `json:"oidcToken,omitempty"`
}

type oidcToken struct {
	ServiceAccountEmail string `json:"serviceAccountEmail"`
	Audience            string `json:"audience,omitempty"`
}

type retryConfig struct {
	RetryCount         int    `json:"retryCount,omitempty"`
	MaxRetryDuration   string `json:"maxRetryDuration,omitempty"`
	MinBackoffDuration string `json:"minBackoffDuration,omitempty"`
	MaxBackoffDuration string `json:"maxBackoffDuration,omitempty"`
	MaxDoublings       int    `json:"maxDoublings,omitempty"`
}

// outcome is how the last attempt ended: google.rpc.Status, empty for OK.
type outcome struct {
	Code    codes.Code `json:"code,omitempty"`
	Message string     `json:"message,omitempty"`
}

// job is what calls as the resource says. What it can't be is INVALID_ARGUMENT.
func (r *resource) job() (calls.Job, error) {
	if r.HTTPTarget == nil {
		return calls.Job{}, status.Error(codes.InvalidArgument, "httpTarget is missing: the emulator has no other target.")
	}
	if len(strings.Fields(r.Schedule)) != 5 || strings.HasPrefix(r.Schedule, "every ") {
		return calls.Job{}, status.Errorf(codes.InvalidArgument, "Schedule %q: the emulator wants five unix-cron fields, like \"*/5 * * * *\".", r.Schedule)
	}
	t := r.HTTPTarget
	j := calls.Job{Name: path.Base(r.Name), Schedule: r.Schedule, Zone: r.TimeZone, URL: t.URI, Method: t.HTTPMethod, Body: t.Body, Header: http.Header{}}
	for name, value := range t.Headers {
		j.Header.Set(name, value)
	}
	if t.OIDCToken != nil {
		if t.OIDCToken.ServiceAccountEmail == "" {
			return calls.Job{}, status.Error(codes.InvalidArgument, "oidcToken.serviceAccountEmail is missing.")
		}
		j.Token = &calls.Token{ServiceAccount: t.OIDCToken.ServiceAccountEmail, Audience: t.OIDCToken.Audience}
	}
	if err := r.times(&j); err != nil {
		return calls.Job{}, err
	}
	if _, err := j.Next(time.Now(), nil); err != nil {
		return calls.Job{}, status.Error(codes.InvalidArgument, err.Error())
	}
	return j, nil
}

// times gives a job its deadline and retries.
func (r *resource) times(j *calls.Job) error {
	retry := r.RetryConfig
	if retry == nil {
		retry = &retryConfig{}
	}
	if retry.RetryCount < 0 || retry.RetryCount > maxRetries {
		return status.Errorf(codes.InvalidArgument, "retryConfig.retryCount %d: want 0 to %d.", retry.RetryCount, maxRetries)
	}
	j.Retry.Count, j.Retry.MaxDoublings = retry.RetryCount, retry.MaxDoublings
	for _, d := range []struct {
		field, value string
		to           *time.Duration
	}{
		{"attemptDeadline", r.AttemptDeadline, &j.AttemptDeadline},
		{"retryConfig.maxRetryDuration", retry.MaxRetryDuration, &j.Retry.MaxDuration},
		{"retryConfig.minBackoffDuration", retry.MinBackoffDuration, &j.Retry.MinBackoff},
		{"retryConfig.maxBackoffDuration", retry.MaxBackoffDuration, &j.Retry.MaxBackoff},
	} {
		if d.value == "" {
			continue
		}
		n, err := time.ParseDuration(d.value)
		if err != nil || !strings.HasSuffix(d.value, "s") || n < 0 {
			return status.Errorf(codes.InvalidArgument, "%s %q: want seconds, like 3.5s.", d.field, d.value)
		}
		*d.to = n
	}
	if d := j.AttemptDeadline; d != 0 && (d < minDeadline || d > maxDeadline) {
		return status.Errorf(codes.InvalidArgument, "attemptDeadline %q: want %v to %v.", r.AttemptDeadline, minDeadline, maxDeadline)
	}
	return nil
}
