package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// errorf makes an error as BigQuery classifies it.
func errorf(code int, reason, format string, args ...any) *engine.Error {
	return &engine.Error{Code: code, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) *engine.Error {
	return errorf(http.StatusBadRequest, "invalid", format, args...)
}

func required(name string) *engine.Error {
	e := errorf(http.StatusBadRequest, "required", "Required parameter is missing: %s", name)
	e.Location = name
	return e
}

func notFound(format string, args ...any) *engine.Error {
	return errorf(http.StatusNotFound, "notFound", "Not found: "+format, args...)
}

func notImplemented(format string, args ...any) *engine.Error {
	return errorf(http.StatusNotImplemented, "notImplemented", format, args...)
}

// asError turns any error into BigQuery's form. A failure of the emulator's own
// becomes a 400 with a reason that no client retries: clients repeat 5xx until
// their context ends, which hides the failure instead of showing it.
func asError(err error) *engine.Error {
	var e *engine.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &tooLarge):
		return errorf(http.StatusRequestEntityTooLarge, "uploadTooLarge", "Request payload size exceeds the limit: %d bytes.", tooLarge.Limit)
	case errors.Is(err, context.DeadlineExceeded):
		return errorf(http.StatusBadRequest, "stopped", "The operation exceeded its time limit: %v", err)
	case errors.Is(err, context.Canceled):
		return errorf(http.StatusBadRequest, "stopped", "The operation was cancelled: %v", err)
	}
	return errorf(http.StatusBadRequest, "emulatorFailure", "The emulator failed: %v", err)
}

// statuses are google.rpc.Code names by HTTP status.
var statuses = map[int]string{
	http.StatusBadRequest:            "INVALID_ARGUMENT",
	http.StatusForbidden:             "PERMISSION_DENIED",
	http.StatusNotFound:              "NOT_FOUND",
	http.StatusConflict:              "ALREADY_EXISTS",
	http.StatusPreconditionFailed:    "FAILED_PRECONDITION",
	http.StatusRequestEntityTooLarge: "INVALID_ARGUMENT",
	http.StatusTooManyRequests:       "RESOURCE_EXHAUSTED",
	http.StatusNotImplemented:        "UNIMPLEMENTED",
}

type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code    int         `json:"code"`
	Message string      `json:"message"`
	Errors  []errorItem `json:"errors"`
	Status  string      `json:"status,omitempty"`
}

type errorItem struct {
	Message      string `json:"message"`
	Domain       string `json:"domain"`
	Reason       string `json:"reason"`
	Location     string `json:"location,omitempty"`
	LocationType string `json:"locationType,omitempty"`
	DebugInfo    string `json:"debugInfo,omitempty"`
}

func writeError(w http.ResponseWriter, err error) {
	e := asError(err)
	item := errorItem{Message: e.Message, Domain: "global", Reason: e.Reason, Location: e.Location}
	if e.Location != "" && e.Location != "query" {
		item.LocationType = "parameter"
		if e.Location == "If-Match" {
			item.LocationType = "header"
		}
	}
	body := errorBody{errorDetail{Code: e.Code, Message: e.Message, Errors: []errorItem{item}, Status: statuses[e.Code]}}
	w.Header().Set("Content-Type", contentJSON)
	w.WriteHeader(e.Code)
	_ = json.NewEncoder(w).Encode(body) // the client is gone when this fails
}

// proto is the error as a job's status carries it.
func proto(e *engine.Error) *bqv2.ErrorProto {
	return &bqv2.ErrorProto{Reason: e.Reason, Location: e.Location, Message: e.Message}
}
