package rest

import (
	"encoding/json"
	"net/http"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// httpStatus is google.rpc.Code's mapping, for the codes that the emulator returns. Any
// other code is reported as INTERNAL.
var httpStatus = map[codes.Code]int{
	codes.Internal:           http.StatusInternalServerError,
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.FailedPrecondition: http.StatusBadRequest,
	codes.NotFound:           http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
	codes.Unimplemented:      http.StatusNotImplemented,
	codes.Unavailable:        http.StatusServiceUnavailable,
	codes.DeadlineExceeded:   http.StatusGatewayTimeout,
}

// writeError writes an error as Google's APIs do.
func writeError(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	c := s.Code()
	if _, known := httpStatus[c]; !known {
		c = codes.Internal
	}
	var body struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Status  string `json:"status"` // the code's name, like NOT_FOUND
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message, body.Error.Status = httpStatus[c], s.Message(), code.Code(c).String()
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(httpStatus[c])
	_ = json.NewEncoder(w).Encode(body) // the client has gone if this fails
}
