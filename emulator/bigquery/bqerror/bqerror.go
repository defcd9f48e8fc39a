// Package bqerror holds errors as BigQuery words and classifies them. It knows
// nothing of HTTP; the wire turns an Error into a response.
package bqerror

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is an error as BigQuery words and classifies it.
type Error struct {
	Code     int    // HTTP status
	Reason   string // invalidQuery, notFound, duplicate, invalid, notImplemented, …
	Location string // "query", or "" for none
	Message  string
}

func (e *Error) Error() string { return e.Message }

// Query is an error in the text of a query or in its evaluation.
func Query(format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Reason: "invalidQuery", Location: "query", Message: fmt.Sprintf(format, args...)}
}

// Invalid is an error in a request.
func Invalid(format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Reason: "invalid", Message: fmt.Sprintf(format, args...)}
}

// NotFound says that a resource doesn't exist, e.g. NotFound("Table", "p:d.t").
func NotFound(kind, name string) *Error {
	message := fmt.Sprintf("Not found: %s %s", kind, name)
	if kind == "Table" || kind == "Dataset" {
		message += " was not found in location US"
	}
	return &Error{Code: http.StatusNotFound, Reason: "notFound", Message: message}
}

// Denied says that a caller may not do something with a resource, and why.
func Denied(kind, name string, why error) *Error {
	return &Error{Code: http.StatusForbidden, Reason: "accessDenied", Message: fmt.Sprintf("Access Denied: %s %s: %v", kind, name, why)}
}

// Duplicate says that a resource exists already.
func Duplicate(kind, name string) *Error {
	return &Error{Code: http.StatusConflict, Reason: "duplicate", Message: fmt.Sprintf("Already Exists: %s %s", kind, name)}
}

// Unsupported names a construct that BigQuery has and the emulator refuses.
func Unsupported(format string, args ...any) *Error {
	return &Error{
		Code: http.StatusBadRequest, Reason: "notImplemented", Location: "query",
		Message: fmt.Sprintf(format, args...) + " is not supported by this emulator",
	}
}

// Internal is a defect of the emulator itself. It is reported with status 400
// all the same, because clients repeat a request that fails with 5xx.
func Internal(err error) *Error {
	return &Error{Code: http.StatusBadRequest, Reason: "invalidQuery", Location: "query", Message: fmt.Sprintf("emulator: %v", err)}
}

// IsNotFound reports whether err says that a resource doesn't exist.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == "notFound"
}
