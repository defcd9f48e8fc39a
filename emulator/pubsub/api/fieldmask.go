package api

import (
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// update returns a copy of old with the fields that mask names taken from
// from. Fields named in fixed can't be changed.
func update[M proto.Message](old, from M, mask *fieldmaskpb.FieldMask, fixed ...string) (M, error) {
	out := proto.Clone(old).(M)
	if len(mask.GetPaths()) == 0 {
		return out, status.Error(codes.InvalidArgument, "The update_mask in the UpdateRequest must be set, and must contain a non-empty paths list.")
	}
	for _, path := range mask.GetPaths() {
		for _, f := range fixed {
			if path == f {
				return out, status.Errorf(codes.InvalidArgument, "Field %q can't be changed.", path)
			}
		}
		if !copyField(out.ProtoReflect(), from.ProtoReflect(), path) {
			return out, status.Errorf(codes.InvalidArgument, "Invalid update_mask: no field %q in %s.", path, out.ProtoReflect().Descriptor().Name())
		}
	}
	return out, nil
}

// copyField sets the field at a dotted path of to; false if there is none.
func copyField(to, from protoreflect.Message, path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	field := to.Descriptor().Fields().ByName(protoreflect.Name(name))
	if field == nil {
		return false
	}
	if nested {
		return field.Message() != nil && !field.IsMap() && !field.IsList() &&
			copyField(to.Mutable(field).Message(), from.Get(field).Message(), rest)
	}
	if from.Has(field) {
		to.Set(field, from.Get(field))
	} else {
		to.Clear(field)
	}
	return true
}
