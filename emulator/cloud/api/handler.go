package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// MaxBody is how many bytes of JSON a request may have.
const MaxBody = 16 << 20

// Object is a resource as JSON has it.
type Object = map[string]any

// Method answers one request of an API. What it returns is written as JSON. An error
// made by the package status has its code; any other error is INTERNAL.
type Method func(r *http.Request) (any, error)

func (m Method) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := m(r)
	if err != nil {
		WriteError(w, err)
		return
	}
	Write(w, http.StatusOK, answer)
}

// Write writes an answer; nil is the empty object.
func Write(w http.ResponseWriter, code int, answer any) {
	if answer == nil {
		answer = Object{}
	}
	b, err := json.Marshal(answer)
	if err != nil {
		WriteError(w, status.Errorf(codes.Internal, "The answer can't be written as JSON: %v", err))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	_, _ = w.Write(b) // the client has gone if this fails
}

// Read reads the JSON of a request's body into v. A body that is empty leaves v as it is;
// a field that v doesn't have is refused by its name.
func Read(r *http.Request, v any) error {
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return status.Errorf(codes.InvalidArgument, "Request payload size exceeds the limit: %d bytes.", tooLarge.Limit)
	case err != nil:
		return status.Errorf(codes.InvalidArgument, "The request's body can't be read: %v", err)
	case len(b) == 0:
		return nil
	}
	return Decode(b, v)
}

// Changed is what change makes of a resource's JSON. A field that the resource doesn't have is refused by its name.
func Changed[T any](resource T, change func(Object) error) (changed T, err error) {
	b, err := json.Marshal(resource)
	if err != nil {
		return changed, err
	}
	o := Object{}
	if err := json.Unmarshal(b, &o); err != nil {
		return changed, err
	}
	if err := change(o); err != nil {
		return changed, err
	}
	if b, err = json.Marshal(o); err != nil {
		return changed, err
	}
	err = Decode(b, &changed)
	return changed, err
}

// Decode is Read for JSON that isn't the whole body.
func Decode(b []byte, v any) error {
	if !json.Valid(b) {
		return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. %v", json.Unmarshal(b, new(any)))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		return nil
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. Unknown name %s: the emulator has no such field.", name)
	}
	return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. %v", err)
}

// httpStatus is the mapping that google/rpc/code.proto documents.
var httpStatus = map[codes.Code]int{
	codes.Canceled:           499,
	codes.Unknown:            http.StatusInternalServerError,
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.DeadlineExceeded:   http.StatusGatewayTimeout,
	codes.NotFound:           http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
	codes.PermissionDenied:   http.StatusForbidden,
	codes.ResourceExhausted:  http.StatusTooManyRequests,
	codes.FailedPrecondition: http.StatusBadRequest,
	codes.Aborted:            http.StatusConflict,
	codes.OutOfRange:         http.StatusBadRequest,
	codes.Unimplemented:      http.StatusNotImplemented,
	codes.Internal:           http.StatusInternalServerError,
	codes.Unavailable:        http.StatusServiceUnavailable,
	codes.DataLoss:           http.StatusInternalServerError,
	codes.Unauthenticated:    http.StatusUnauthorized,
}

// errorBody is an error as https://cloud.google.com/apis/design/errors#http_mapping has it.
type errorBody struct {
	Error struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Status  string `json:"status"` // the code's name, like NOT_FOUND
	} `json:"error"`
}

// WriteError writes an error as Google's APIs do.
func WriteError(w http.ResponseWriter, err error) {
	s, ok := status.FromError(err)
	if !ok {
		s = status.New(codes.Internal, fmt.Sprintf("The emulator failed: %v", err))
	}
	var body errorBody
	body.Error.Code = httpStatus[s.Code()]
	body.Error.Message, body.Error.Status = s.Message(), code.Code(s.Code()).String()
	Write(w, body.Error.Code, body)
}

// Unknown is the error for a request that the emulator has no method for.
func Unknown(r *http.Request) error {
	return status.Errorf(codes.Unimplemented, "The emulator has no %s %s.", r.Method, r.URL.Path)
}

// Locked is a method that answers with a lock held until the answer is encoded, so that
// it may return what others change.
func Locked(mu sync.Locker, m Method) Method {
	return func(r *http.Request) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		answer, err := m(r)
		if err != nil || answer == nil {
			return nil, err
		}
		b, err := json.Marshal(answer)
		return json.RawMessage(b), err
	}
}
