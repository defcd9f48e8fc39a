package rest

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// fill sets the request of a call from an HTTP request: the body first, then the fields
// that the path and the query name.
func (r *route) fill(m proto.Message, path map[string]string, query url.Values, body io.Reader) error {
	if r.body != "" {
		b, err := io.ReadAll(body)
		if err != nil {
			return status.Errorf(codes.InvalidArgument, "The request can't be read: %v.", err)
		}
		into := m
		if r.body != "*" {
			field := m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(r.body))
			into = m.ProtoReflect().Mutable(field).Message().Interface()
		}
		if err := protojson.Unmarshal(orEmptyObject(b), into); err != nil {
			return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received: %v.", err)
		}
	}
	for name, value := range path {
		if err := setField(m.ProtoReflect(), name, value); err != nil {
			return err
		}
	}
	for name, values := range query {
		if strings.HasPrefix(name, "$") || name == "alt" || name == "key" || name == "prettyPrint" { // are about the answer
			continue
		}
		if err := setField(m.ProtoReflect(), name, values[0]); err != nil {
			return err
		}
	}
	return nil
}

// orEmptyObject returns the JSON of a message without fields for an empty body.
func orEmptyObject(b []byte) []byte {
	if len(b) == 0 {
		return []byte("{}")
	}
	return b
}

// setField sets a scalar field at a dotted path, in snake_case or camelCase.
func setField(m protoreflect.Message, path, value string) error {
	name, rest, _ := strings.Cut(path, ".")
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
