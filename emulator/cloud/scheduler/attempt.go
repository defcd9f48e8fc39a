package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Sink takes an entry of the log of executions, as a line of JSON. The labels are those of
// the resource cloud_scheduler_job.
type Sink func(labels map[string]string, line []byte)

// transport is a function that is an http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// recorded sends a job's requests, and keeps how its attempts end.
func (s *Service) recorded(j *running) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		began := time.Now()
		s.log(j, "AttemptStarted", api.Object{"severity": "INFO", "scheduledTime": r.Header.Get("X-CloudScheduler-ScheduleTime")})
		answer, err := s.direct.RoundTrip(r)
		end := ended(answer, err)
		s.mu.Lock()
		j.LastAttemptTime, j.Status = began.UTC().Format(time.RFC3339Nano), end
		s.mu.Unlock()
		s.log(j, "AttemptFinished", end.entry(answer))
		return answer, err
	})
}

// log writes an entry of an attempt
// (https://cloud.google.com/scheduler/docs/logging).
func (s *Service) log(j *running, kind string, entry api.Object) {
	if s.options.Sink == nil {
		return
	}
	entry["@type"] = "type.googleapis.com/google.cloud.scheduler.logging." + kind
	entry["jobName"], entry["targetType"], entry["url"] = j.Name, "HTTP", j.due.URL
	line, _ := json.Marshal(entry) // of texts and numbers
	labels := map[string]string{}
	for label, collection := range map[string]string{"project_id": "projects", "location": "locations", "job_id": "jobs"} {
		labels[label] = api.Segment(j.Name, collection)
	}
	s.options.Sink(labels, line)
}

// entry says how an attempt has ended.
func (o *outcome) entry(answer *http.Response) api.Object {
	entry := api.Object{"severity": "INFO"}
	if o.Code != codes.OK {
		entry["severity"], entry["status"], entry["debugInfo"] = "ERROR", code.Code(o.Code).String(), o.Message
	}
	if answer == nil {
		return entry
	}
	entry["httpRequest"] = api.Object{"status": answer.StatusCode}
	if o.Code != codes.OK {
		kind := ""
		switch {
		case answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden:
			kind = "URL_ERROR-ERROR_AUTHENTICATION. "
		case answer.StatusCode >= 500:
			kind = "URL_UNREACHABLE-UNREACHABLE_5xx. "
		}
		entry["debugInfo"] = fmt.Sprintf("%sOriginal HTTP response code number = %d", kind, answer.StatusCode)
	}
	return entry
}

// ended is the outcome of an attempt by the status of its answer.
func ended(answer *http.Response, err error) *outcome {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &outcome{Code: codes.DeadlineExceeded, Message: "the target didn't answer before the attempt's deadline"}
	case err != nil:
		return &outcome{Code: codes.Unavailable, Message: err.Error()}
	case answer.StatusCode/100 == 2:
		return &outcome{}
	}
	code := codes.Unknown
	switch answer.StatusCode {
	case http.StatusBadRequest:
		code = codes.InvalidArgument
	case http.StatusUnauthorized:
		code = codes.Unauthenticated
	case http.StatusForbidden:
		code = codes.PermissionDenied
	case http.StatusNotFound:
		code = codes.NotFound
	case http.StatusTooManyRequests:
		code = codes.ResourceExhausted
	case http.StatusServiceUnavailable:
		code = codes.Unavailable
	case http.StatusGatewayTimeout:
		code = codes.DeadlineExceeded
	default:
		if answer.StatusCode >= 500 {
			code = codes.Internal
		}
	}
	return &outcome{Code: code, Message: "the target answered " + answer.Status}
}
