package field_test

import (
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/tallystream/tallystream/emulator/pubsub/field"
)

// refused are the fields of requests that the emulator doesn't have. Those within a refused
// field aren't listed.
var refused = []string{
	"CreateSnapshotRequest.tags",
	"MessageTransform.ai_inference",
	"Subscription.bigquery_config",
	"Subscription.bigtable_config",
	"Subscription.cloud_storage_config",
	"Subscription.tags",
	"Topic.ingestion_data_source_settings",
	"Topic.tags",
}

// Every field of every request is honoured, or refused by its name wherever it stands.
func TestEveryField(t *testing.T) {
	found := map[string]bool{}
	for _, service := range services() {
		for i := range service.Methods().Len() {
			request := service.Methods().Get(i).Input()
			walk(request, nil, func(path []protoreflect.FieldDescriptor) bool {
				last := path[len(path)-1]
				err := field.Check(with(request, path))
				if err == nil {
					return true
				}
				var names []string
				for _, f := range path {
					names = append(names, string(f.Name()))
				}
				if name := strings.Join(names, "."); status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "support "+name+".") {
					t.Errorf("%s with %s: %v, want Unimplemented that names it", request.Name(), name, err)
				}
				found[strings.TrimPrefix(string(last.FullName()), "google.pubsub.v1.")] = true
				return false
			})
		}
	}
	var list []string
	for name := range found {
		list = append(list, name)
	}
	slices.Sort(list)
	if diff := cmp.Diff(refused, list); diff != "" {
		t.Errorf("refused fields (-want +got):\n%s", diff)
	}
}

// services are those that the emulator serves.
func services() []protoreflect.ServiceDescriptor {
	file := pubsubpb.File_google_pubsub_v1_pubsub_proto.Services()
	return []protoreflect.ServiceDescriptor{
		file.ByName("Publisher"), file.ByName("Subscriber"),
		pubsubpb.File_google_pubsub_v1_schema_proto.Services().ByName("SchemaService"),
	}
}

// walk calls visit with the path of each field below a message, and goes on below it if
// visit says so.
func walk(m protoreflect.MessageDescriptor, path []protoreflect.FieldDescriptor, visit func([]protoreflect.FieldDescriptor) bool) {
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		at := append(slices.Clone(path), f)
		if visit(at) && f.Message() != nil && !f.IsMap() && f.Message().ParentFile().Package() == "google.pubsub.v1" {
			walk(f.Message(), at, visit)
		}
	}
}

// with returns a message with a value in the field at a path, and nothing else.
func with(d protoreflect.MessageDescriptor, path []protoreflect.FieldDescriptor) proto.Message {
	m := dynamicpb.NewMessage(d)
	f, v := path[0], protoreflect.Value{}
	switch {
	case f.IsMap():
		m.Mutable(f).Map().Set(protoreflect.ValueOfString("k").MapKey(), protoreflect.ValueOfString("v"))
		return m
	case f.Message() != nil && len(path) > 1:
		v = protoreflect.ValueOfMessage(with(f.Message(), path[1:]).ProtoReflect())
	case f.Message() != nil:
		v = protoreflect.ValueOfMessage(dynamicpb.NewMessage(f.Message()))
	default:
		v = some(f)
	}
	if f.IsList() {
		m.Mutable(f).List().Append(v)
	} else {
		m.Set(f, v)
	}
	return m
}

// some is a value of a field that isn't its default.
func some(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(1)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(1)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte("x"))
	}
	return protoreflect.ValueOfString("x")
}

// A field that only a newer version of the API has is refused too.
func TestNewerField(t *testing.T) {
	m := &pubsubpb.UpdateTopicRequest{Topic: &pubsubpb.Topic{Name: "projects/p/topics/topic"}}
	if err := field.Check(m); err != nil {
		t.Fatal(err)
	}
	m.Topic.ProtoReflect().SetUnknown([]byte{0xa2, 0x06, 0x01, 'x'}) // field 100, a text
	if err := field.Check(m); status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "Topic in the request.topic") {
		t.Errorf("%v, want Unimplemented that names the message", err)
	}
}
