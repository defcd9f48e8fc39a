package pubsub

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// rest serves the JSON API, which gcloud, Terraform and curl speak, by the
// HTTP rules that the API's protocol buffers carry: a request becomes the gRPC
// call that its rule names.
type rest struct{ routes []route }

// newREST collects the routes of the services that are emulated.
func newREST(p publisher, s subscriber) (*rest, error) {
	r := &rest{}
	for _, service := range []struct {
		desc *grpc.ServiceDesc
		impl any
	}{{&pubsubpb.Publisher_ServiceDesc, p}, {&pubsubpb.Subscriber_ServiceDesc, s}} {
		routes, err := serviceRoutes(service.desc, service.impl)
		if err != nil {
			return nil, err
		}
		r.routes = append(r.routes, routes...)
	}
	return r, nil
}

func (h *rest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, route := range h.routes {
		if fields, ok := route.match(r.Method, r.URL.EscapedPath()); ok {
			resp, err := route.call(r.Context(), func(into any) error {
				return route.fill(into.(proto.Message), fields, r.URL.Query(), http.MaxBytesReader(w, r.Body, maxRequestBytes))
			})
			if err != nil {
				writeError(w, err)
				return
			}
			writeJSON(w, http.StatusOK, resp.(proto.Message))
			return
		}
	}
	writeError(w, status.Errorf(codes.Unimplemented, "The emulator has no %s %s.", r.Method, r.URL.Path))
}

// fill sets a call's request from the parts of an HTTP request: the body
// first, then what the path and the query name.
func (t *route) fill(m proto.Message, path map[string]string, query url.Values, body io.Reader) error {
	if t.body != "" {
		b, err := io.ReadAll(body)
		if err != nil {
			return status.Errorf(codes.InvalidArgument, "The request can't be read: %v.", err)
		}
		into := m
		if t.body != "*" {
			field := m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(t.body))
			into = m.ProtoReflect().Mutable(field).Message().Interface()
		}
		// Unknown fields are ignored: newer clients send some.
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(orEmptyObject(b), into); err != nil {
			return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received: %v.", err)
		}
	}
	for name, value := range path {
		if err := setField(m.ProtoReflect(), name, value); err != nil {
			return err
		}
	}
	for name, values := range query {
		if name[0] == '$' || name == "alt" || name == "key" || name == "prettyPrint" { // the transport's own
			continue
		}
		if err := setField(m.ProtoReflect(), name, values[0]); err != nil {
			return err
		}
	}
	return nil
}

func orEmptyObject(b []byte) []byte {
	if len(b) == 0 {
		return []byte("{}")
	}
	return b
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

// writeError writes an error as Google's APIs do.
func writeError(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	code, ok := httpStatus[s.Code()]
	if !ok {
		code = http.StatusInternalServerError
	}
	var body struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Status  string `json:"status"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message, body.Error.Status = code, s.Message(), canonicalName(s.Code())
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the client has gone if this fails
}

// httpStatus is the mapping of google.rpc.Code for what the emulator returns.
var httpStatus = map[codes.Code]int{
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.FailedPrecondition: http.StatusBadRequest,
	codes.NotFound:           http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
	codes.Unimplemented:      http.StatusNotImplemented,
	codes.Unavailable:        http.StatusServiceUnavailable,
	codes.DeadlineExceeded:   http.StatusGatewayTimeout,
}

// canonicalName is a code's name in capitals, like NOT_FOUND.
func canonicalName(c codes.Code) string {
	switch c {
	case codes.InvalidArgument:
		return "INVALID_ARGUMENT"
	case codes.FailedPrecondition:
		return "FAILED_PRECONDITION"
	case codes.NotFound:
		return "NOT_FOUND"
	case codes.AlreadyExists:
		return "ALREADY_EXISTS"
	case codes.Unimplemented:
		return "UNIMPLEMENTED"
	case codes.Unavailable:
		return "UNAVAILABLE"
	case codes.DeadlineExceeded:
		return "DEADLINE_EXCEEDED"
	}
	return "INTERNAL"
}

// setField sets a scalar field at a dotted path, in snake_case or camelCase.
func setField(m protoreflect.Message, path, value string) error {
	name, rest := cutPath(path)
	fields := m.Descriptor().Fields()
	field := fields.ByName(protoreflect.Name(name))
	if field == nil {
		field = fields.ByJSONName(name)
	}
	if field == nil {
		return status.Errorf(codes.InvalidArgument, "Unknown name %q: %s has no such field.", path, m.Descriptor().Name())
	}
	if rest != "" {
		if field.Message() == nil {
			return status.Errorf(codes.InvalidArgument, "Unknown name %q.", path)
		}
		return setField(m.Mutable(field).Message(), rest, value)
	}
	// JSON's rules convert the text, whatever the field's type.
	text, err := json.Marshal(map[string]any{field.JSONName(): scalar(field, value)})
	if err != nil {
		return err
	}
	one := m.New().Interface()
	if err := protojson.Unmarshal(text, one); err != nil {
		return status.Errorf(codes.InvalidArgument, "Invalid value at %q: %v.", path, err)
	}
	m.Set(field, one.ProtoReflect().Get(field))
	return nil
}

// scalar returns the JSON value of a parameter's text. Only booleans have one
// that isn't a string.
func scalar(field protoreflect.FieldDescriptor, value string) any {
	if field.Kind() == protoreflect.BoolKind {
		switch value {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return value
}

var errNoRule = fmt.Errorf("the method has no HTTP rule")
