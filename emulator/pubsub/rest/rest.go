// Package rest serves gRPC services as a JSON API over HTTP/1, which gcloud, Terraform
// and curl speak. It goes by the HTTP rules that the services' protocol buffers carry: a
// request becomes the gRPC call that its rule names. Streaming calls have no rule.
package rest

import (
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Service is a gRPC service and what implements it.
type Service struct {
	Desc *grpc.ServiceDesc
	Impl any
}

// handler serves the calls of some services.
type handler struct {
	routes  []route
	maxBody int64 // bytes of a request
}

// New returns a handler of the unary calls of services, for requests of at most maxBody
// bytes. The calls go through intercept.
func New(maxBody int64, intercept grpc.UnaryServerInterceptor, services ...Service) (http.Handler, error) {
	h := &handler{maxBody: maxBody}
	for _, s := range services {
		routes, err := serviceRoutes(s, intercept)
		if err != nil {
			return nil, err
		}
		h.routes = append(h.routes, routes...)
	}
	return h, nil
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, route := range h.routes {
		fields, ok := route.match(r.Method, r.URL.EscapedPath())
		if !ok {
			continue
		}
		resp, err := route.call(r.Context(), func(into any) error {
			return route.fill(into.(proto.Message), fields, r.URL.Query(), http.MaxBytesReader(w, r.Body, h.maxBody))
		})
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, resp.(proto.Message))
		return
	}
	writeError(w, status.Errorf(codes.Unimplemented, "The emulator has no %s %s.", r.Method, r.URL.Path))
}

func writeJSON(w http.ResponseWriter, code int, m proto.Message) {
	b, err := protojson.Marshal(m)
	if err != nil {
		writeError(w, status.Error(codes.Internal, err.Error()))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	_, _ = w.Write(b) // the client has gone if this fails
}
