// Package field knows the fields of Pub/Sub's requests that the emulator honours. It refuses
// all others by name, those that a newer version of the API adds among them.
package field

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// of is the package whose messages have rules.
const of protoreflect.FullName = "google.pubsub.v1"

// Check returns an error that names a field of a request that isn't honoured.
func Check(m proto.Message) error { return check(m.ProtoReflect(), "") }

// Intercept checks the request of a call before it is served.
func Intercept(ctx context.Context, request any, _ *grpc.UnaryServerInfo, serve grpc.UnaryHandler) (any, error) {
	if m, ok := request.(proto.Message); ok {
		if err := Check(m); err != nil {
			return nil, err
		}
	}
	return serve(ctx, request)
}

// check checks a message that stands at a path of the request.
func check(m protoreflect.Message, path string) (err error) {
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		return status.Errorf(codes.Unimplemented, "The emulator doesn't know a field of %s in %s: it is of a newer version of the API.",
			m.Descriptor().Name(), strings.TrimSuffix("the request."+path, "."))
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		at := path + string(f.Name())
		if !Honoured(f) {
			err = status.Errorf(codes.Unimplemented, "The emulator doesn't support %s.", at)
			return false
		}
		if f.Message() == nil || f.IsMap() || f.Message().ParentFile().Package() != of {
			return true
		}
		if !f.IsList() {
			err = check(v.Message(), at+".")
			return err == nil
		}
		for i := range v.List().Len() {
			if err = check(v.List().Get(i).Message(), at+"."); err != nil {
				return false
			}
		}
		return true
	})
	return err
}

// Honoured says whether a field is.
func Honoured(f protoreflect.FieldDescriptor) bool {
	name := strings.TrimPrefix(string(f.FullName()), string(of)+".")
	return honoured[name] || requests[name] || kept[name] || output[name]
}

// set are the words of a text.
func set(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(text) {
		words[w] = true
	}
	return words
}
