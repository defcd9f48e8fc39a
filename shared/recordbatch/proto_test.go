package recordbatch_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

var (
	messageLine = regexp.MustCompile(`^message (\w+) \{$`)
	fieldLine   = regexp.MustCompile(`^  (optional |repeated )?(\w+) (\w+) = (\d+);$`)
)

// schema reads recordbatch.proto, as far as that file uses the language.
func schema(t *testing.T) protoreflect.FileDescriptor {
	t.Helper()
	text, err := os.ReadFile("recordbatch.proto")
	if err != nil {
		t.Fatal(err)
	}
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("recordbatch.proto"), Package: proto.String("tallystream.v1"), Syntax: proto.String("proto3"),
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if m := messageLine.FindStringSubmatch(line); m != nil {
			file.MessageType = append(file.MessageType, &descriptorpb.DescriptorProto{Name: &m[1]})
		}
		if m := fieldLine.FindStringSubmatch(line); m != nil {
			addField(t, file.MessageType[len(file.MessageType)-1], m[1], m[2], m[3], m[4])
		}
	}
	d, err := protodesc.NewFile(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func addField(t *testing.T, message *descriptorpb.DescriptorProto, label, typ, name, number string) {
	t.Helper()
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	f := &descriptorpb.FieldDescriptorProto{
		Name: &name, Number: proto.Int32(int32(n)), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	switch label {
	case "repeated ":
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	case "optional ":
		f.Proto3Optional = proto.Bool(true)
		f.OneofIndex = proto.Int32(int32(len(message.OneofDecl)))
		message.OneofDecl = append(message.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("_" + name)})
	}
	if value, ok := descriptorpb.FieldDescriptorProto_Type_value["TYPE_"+strings.ToUpper(typ)]; ok {
		f.Type = descriptorpb.FieldDescriptorProto_Type(value).Enum()
	} else {
		f.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
		f.TypeName = proto.String(".tallystream.v1." + typ)
	}
	message.Field = append(message.Field, f)
}

// What Encode writes is what recordbatch.proto describes.
func TestProto(t *testing.T) {
	data, _ := encode(t, batch())
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	body, err := d.DecodeAll(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := dynamicpb.NewMessage(schema(t).Messages().ByName("RecordBatch"))
	if err := proto.Unmarshal(body, m); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"topic": "votes", "topic_id": "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", "partition": int32(3), "follows": int64(41),
		"records": []any{
			map[string]any{"offset": int64(42), "timestamp_ms": int64(1_700_000_000_123), "key": []byte("k"), "value": []byte(`{"a":1}`)},
			map[string]any{"offset": int64(43), "timestamp_ms": int64(-1), "value": []byte{}},
			map[string]any{"offset": int64(50), "key": []byte{}},
			map[string]any{"offset": int64(51), "timestamp_ms": int64(5), "value": []byte("\x00\xff")},
		},
	}
	if diff := cmp.Diff(want, values(t, m)); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// values are the fields of a message that are set.
func values(t *testing.T, m protoreflect.Message) map[string]any {
	t.Helper()
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		t.Errorf("fields that the schema doesn't have: %x", unknown)
	}
	got := map[string]any{}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if !f.IsList() {
			got[string(f.Name())] = v.Interface()
			return true
		}
		var list []any
		for i := range v.List().Len() {
			list = append(list, values(t, v.List().Get(i).Message()))
		}
		got[string(f.Name())] = list
		return true
	})
	return got
}
