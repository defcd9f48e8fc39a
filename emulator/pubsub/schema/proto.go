package schema

import (
	"context"
	"fmt"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

type protoSchema struct{ protoreflect.MessageDescriptor }

// parseProto reads a definition, which is one file without imports and with one message at
// its top.
func parseProto(definition string) (Schema, error) {
	const name = "schema.proto"
	compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{name: definition}),
	}}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	messages := files[0].Messages()
	if n := messages.Len(); n != 1 {
		return nil, fmt.Errorf("it has %d messages at its top: want 1", n)
	}
	return protoSchema{messages.Get(0)}, nil
}

// parseCompiled reads a set of files, of which one has the message.
func parseCompiled(c *pubsubpb.CompiledProtoSchema) (Schema, error) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(c.CompiledBytes, &set); err != nil {
		return nil, fmt.Errorf("compiled_bytes is no FileDescriptorSet: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(protoreflect.FullName(c.RootMessage))
	if err != nil {
		return nil, fmt.Errorf("root_message %q: %w", c.RootMessage, err)
	}
	m, ok := found.(protoreflect.MessageDescriptor)
	if !ok {
		return nil, fmt.Errorf("root_message %q is no message", c.RootMessage)
	}
	return protoSchema{m}, nil
}

func (s protoSchema) Validate(data []byte, encoding pubsubpb.Encoding) error {
	m := dynamicpb.NewMessage(s)
	if encoding == pubsubpb.Encoding_JSON {
		return protojson.Unmarshal(data, m)
	}
	if err := proto.Unmarshal(data, m); err != nil {
		return err
	}
	return known(m)
}

// known refuses fields that the schema hasn't.
func known(m protoreflect.Message) (err error) {
	if len(m.GetUnknown()) > 0 {
		return fmt.Errorf("it has a field that %s hasn't", m.Descriptor().FullName())
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap() && f.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { err = known(v.Message()); return err == nil })
		case f.IsMap() || f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				if err == nil {
					err = known(v.List().Get(i).Message())
				}
			}
		default:
			err = known(v.Message())
		}
		return err == nil
	})
	return err
}

// Follows asks that fields only come or go that a message may leave out, and that all others
// stay as they are.
func (s protoSchema) Follows(before Schema) error {
	old := before.(protoSchema) // of its type
	if s.FullName() != old.FullName() {
		return fmt.Errorf("the message is %s, and was %s", s.FullName(), old.FullName())
	}
	return follows(s.MessageDescriptor, old.MessageDescriptor, map[protoreflect.FullName]bool{})
}

func follows(s, old protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) error {
	if seen[s.FullName()] {
		return nil
	}
	seen[s.FullName()] = true
	for _, pair := range [][2]protoreflect.MessageDescriptor{{s, old}, {old, s}} {
		for i := range pair[0].Fields().Len() {
			f := pair[0].Fields().Get(i)
			other := pair[1].Fields().ByNumber(f.Number())
			if other == nil && f.Cardinality() != protoreflect.Optional {
				return fmt.Errorf("the field %s, which isn't optional, can't be added or removed", f.FullName())
			}
			if other != nil && !sameField(f, other) {
				return fmt.Errorf("the field %s is changed", f.FullName())
			}
			if other == nil || f.Message() == nil {
				continue
			}
			if err := follows(f.Message(), other.Message(), seen); err != nil {
				return err
			}
		}
	}
	return nil
}

func sameField(a, b protoreflect.FieldDescriptor) bool {
	x, y := protodesc.ToFieldDescriptorProto(a), protodesc.ToFieldDescriptorProto(b)
	return proto.Equal(x, y)
}
