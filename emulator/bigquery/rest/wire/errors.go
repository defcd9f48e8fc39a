package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Errorf makes an error as BigQuery classifies it.
func Errorf(code int, reason, format string, args ...any) *bqerror.Error {
	return &bqerror.Error{Code: code, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Invalid is the error of a request with a value that is refused.
func Invalid(format string, args ...any) *bqerror.Error {
	return Errorf(http.StatusBadRequest, "invalid", format, args...)
}

// Required is the error of a request that lacks a parameter.
func Required(name string) *bqerror.Error {
	e := Errorf(http.StatusBadRequest, "required", "Required parameter is missing: %s", name)
	e.Location = name
	return e
}

// NotFound is the error of a request for what there isn't.
func NotFound(format string, args ...any) *bqerror.Error {
	return Errorf(http.StatusNotFound, "notFound", "Not found: "+format, args...)
}

// NotImplemented is the error of a request for what the emulator doesn't do.
func NotImplemented(format string, args ...any) *bqerror.Error {
	return Errorf(http.StatusNotImplemented, "notImplemented", format, args...)
}

// AsError turns any error into BigQuery's form. A failure of the emulator's own
// becomes a 400 with a reason that no client retries: clients repeat 5xx until
// their context ends, which hides the failure instead of showing it.
func AsError(err error) *bqerror.Error {
	var e *bqerror.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &tooLarge) && tooLarge.Limit == MaxBody:
		// As in https://github.com/googleapis/google-cloud-go/issues/2855.
		return Errorf(http.StatusBadRequest, "badRequest", "Request payload size exceeds the limit: %d bytes.", MaxBody)
	case errors.As(err, &tooLarge):
		return Errorf(http.StatusRequestEntityTooLarge, "uploadTooLarge", "Request payload size exceeds the limit: %d bytes.", tooLarge.Limit)
	case errors.Is(err, context.DeadlineExceeded):
		return Errorf(http.StatusBadRequest, "stopped", "The operation exceeded its time limit: %v", err)
	case errors.Is(err, context.Canceled):
		return Errorf(http.StatusBadRequest, "stopped", "The operation was cancelled: %v", err)
	}
	return Errorf(http.StatusBadRequest, "emulatorFailure", "The emulator failed: %v", err)
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

// WriteError answers a request with an error.
func WriteError(w http.ResponseWriter, err error) {
	e := AsError(err)
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

// Proto is the error as a job's status carries it.
func Proto(e *bqerror.Error) *bqv2.ErrorProto {
	return &bqv2.ErrorProto{Reason: e.Reason, Location: e.Location, Message: e.Message}
}

// NotSupported is for parts of queries and jobs; status 400, since the request
// itself is one the emulator serves.
func NotSupported(format string, args ...any) *bqerror.Error {
	return Errorf(http.StatusBadRequest, "notImplemented", format+" is not supported by this emulator", args...)
}
