package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"google.golang.org/grpc/status"
)

// IsGRPC reports whether a request is a call of gRPC.
func IsGRPC(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
}

// Refuse writes an error in the form that the request's protocol has for it: as WriteError
// does, or as gRPC's status.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	if !IsGRPC(r) {
		WriteError(w, err)
		return
	}
	s := status.Convert(err)
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Grpc-Status", strconv.Itoa(int(s.Code())))
	w.Header().Set("Grpc-Message", strings.ReplaceAll(url.QueryEscape(s.Message()), "+", "%20"))
	w.WriteHeader(http.StatusOK)
}
