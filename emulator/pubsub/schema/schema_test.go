package schema

import (
	"encoding/hex"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	avroType  = pubsubpb.Schema_AVRO
	protoType = pubsubpb.Schema_PROTOCOL_BUFFER
)

const ballot = `{"type": "record", "name": "Ballot", "namespace": "poll", "fields": [
	{"name": "id", "type": "string"}, {"name": "rank", "type": "int"},
	{"name": "station", "type": ["null", "string", {"type": "record", "name": "Station", "fields": [{"name": "number", "type": "long"}]}], "default": null},
	{"name": "marks", "type": {"type": "array", "items": "double"}}, {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["POST", "BOX"]}},
	{"name": "seal", "type": {"type": "fixed", "name": "Seal", "size": 2}}, {"name": "extra", "type": {"type": "map", "values": "boolean"}}]}`

const ballotProto = `syntax = "proto3"; package poll;
message Ballot { string id = 1; optional int32 rank = 2; repeated Mark marks = 3; map<string, Mark> extra = 4; message Mark { double weight = 1; } }`

func parse(t *testing.T, kind pubsubpb.Schema_Type, definition string) Schema {
	t.Helper()
	s, err := Parse(&pubsubpb.Schema{Type: kind, Definition: definition})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestValidate(t *testing.T) {
	whole := `{"id": "a", "rank": 1, "station": {"poll.Station": {"number": 7}}, "marks": [0.5, 1], "kind": "BOX", "seal": "\u00ff\u0001", "extra": {"x": true}}`
	for _, test := range []struct {
		name, definition string
		kind             pubsubpb.Schema_Type
		encoding         pubsubpb.Encoding
		data             string // hexadecimal for BINARY
		say              string // empty: valid
	}{
		{"whole", ballot, avroType, pubsubpb.Encoding_JSON, whole, ""},
		{"null of a union", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `{"poll.Station": {"number": 7}}`, "null", 1), ""},
		{"text of a union", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `{"poll.Station": {"number": 7}}`, `{"string": "x"}`, 1), ""},
		{"union without type", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `{"poll.Station": {"number": 7}}`, `"x"`, 1), "station"},
		{"union of another type", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `poll.Station`, `long`, 1), `"long"`},
		{"field missing", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `"rank": 1,`, "", 1), `"rank"`},
		{"field too many", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `"rank": 1`, `"rank": 1, "more": 2`, 1), `"more"`},
		{"int too large", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `"rank": 1`, `"rank": 3000000000`, 1), "rank"},
		{"int with a fraction", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `"rank": 1`, `"rank": 1.5`, 1), "rank"},
		{"symbol", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, "BOX", "FAX", 1), "kind"},
		{"fixed", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, `\u0001`, "", 1), "seal"},
		{"item", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, "0.5", `"x"`, 1), "marks[0]"},
		{"value", ballot, avroType, pubsubpb.Encoding_JSON, strings.Replace(whole, "true", "1", 1), `extra["x"]`},
		{"more JSON", ballot, avroType, pubsubpb.Encoding_JSON, whole + "{}", "follows"},
		{"no JSON", ballot, avroType, pubsubpb.Encoding_JSON, "id", "JSON"},
		{"binary", ballot, avroType, pubsubpb.Encoding_BINARY, "0261" + "02" + "00" + "00" + "02" + "ff01" + "00", ""},
		{"binary too short", ballot, avroType, pubsubpb.Encoding_BINARY, "0261" + "02", "EOF"},
		{"binary too long", ballot, avroType, pubsubpb.Encoding_BINARY, "0261" + "02" + "00" + "00" + "02" + "ff01" + "00" + "00", "follows"},
		{"length of a liar", `"bytes"`, avroType, pubsubpb.Encoding_BINARY, "fefffffffffffffffe01", "avro"},
		{"proto as JSON", ballotProto, protoType, pubsubpb.Encoding_JSON, `{"id": "a", "marks": [{"weight": 0.5}]}`, ""},
		{"proto, another field", ballotProto, protoType, pubsubpb.Encoding_JSON, `{"no": "a"}`, `"no"`},
		{"proto in binary", ballotProto, protoType, pubsubpb.Encoding_BINARY, "0a0161", ""},
		{"proto, unknown field", ballotProto, protoType, pubsubpb.Encoding_BINARY, "2a0161", "poll.Ballot"},
		{"proto, unknown field below", ballotProto, protoType, pubsubpb.Encoding_BINARY, "1a03" + "2a0161", "poll.Ballot.Mark"},
		{"proto, wire", ballotProto, protoType, pubsubpb.Encoding_BINARY, "0a05", "proto"},
		{"no encoding", ballotProto, protoType, pubsubpb.Encoding_ENCODING_UNSPECIFIED, "", "encoding"},
	} {
		data := []byte(test.data)
		if test.encoding == pubsubpb.Encoding_BINARY {
			var err error
			if data, err = hex.DecodeString(test.data); err != nil {
				t.Fatal(err)
			}
		}
		err := Validate(parse(t, test.kind, test.definition), data, test.encoding)
		if test.say == "" && err != nil || test.say != "" && (status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), test.say)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.say)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, s := range map[string]*pubsubpb.Schema{
		"no type":      {Definition: `"string"`},
		"empty":        {Type: avroType},
		"no Avro":      {Type: avroType, Definition: `{"type": "vote"}`},
		"no proto":     {Type: protoType, Definition: `message {}`},
		"two messages": {Type: protoType, Definition: `syntax = "proto3"; message A {} message B {}`},
		"an import":    {Type: protoType, Definition: `syntax = "proto3"; import "other.proto"; message A {}`},
		"too long":     {Type: avroType, Definition: `"string"` + strings.Repeat(" ", maxDefinition)},
		"compiled":     {Type: protoType, Configuration: &pubsubpb.Schema_CompiledProtoSchema{CompiledProtoSchema: &pubsubpb.CompiledProtoSchema{CompiledBytes: []byte("x")}}},
	} {
		if _, err := Parse(s); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v, want InvalidArgument", name, err)
		}
	}
}

// A compiled schema has the message that it names, of files that import each other.
func TestCompiled(t *testing.T) {
	set, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{protodesc.ToFileDescriptorProto(timestamppb.File_google_protobuf_timestamp_proto)}})
	if err != nil {
		t.Fatal(err)
	}
	compiled := func(root string) *pubsubpb.Schema {
		return &pubsubpb.Schema{Type: protoType, Configuration: &pubsubpb.Schema_CompiledProtoSchema{
			CompiledProtoSchema: &pubsubpb.CompiledProtoSchema{RootMessage: root, CompiledBytes: set},
		}}
	}
	s, err := Parse(compiled("google.protobuf.Timestamp"))
	if err != nil {
		t.Fatal(err)
	}
	if err := Validate(s, []byte{8, 1}, pubsubpb.Encoding_BINARY); err != nil {
		t.Error(err)
	}
	if _, err := Parse(compiled("google.protobuf.Duration")); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a message that isn't there: %v, want InvalidArgument", err)
	}
}

func TestFollows(t *testing.T) {
	record := func(fields string) string { return `{"type": "record", "name": "R", "fields": [` + fields + `]}` }
	message := func(fields string) string { return `syntax = "proto3"; message M { ` + fields + ` }` }
	for _, test := range []struct {
		name          string
		kind          pubsubpb.Schema_Type
		before, after string
		follows       bool
	}{
		{"Avro, a field with a default", avroType, record(`{"name": "a", "type": "int"}`), record(`{"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 0}`), true},
		{"Avro, one without it gone", avroType, record(`{"name": "a", "type": "int", "default": 0}`), record(``), true},
		{"Avro, a field without a default", avroType, record(`{"name": "a", "type": "int"}`), record(`{"name": "a", "type": "int"}, {"name": "b", "type": "int"}`), false},
		{"Avro, a wider type", avroType, record(`{"name": "a", "type": "int"}`), record(`{"name": "a", "type": "long"}`), false},
		{"proto, an optional field", protoType, message("optional string a = 1;"), message("optional string a = 1; optional int32 b = 2;"), true},
		{"proto, one gone", protoType, message("optional string a = 1; optional int32 b = 2;"), message("optional string a = 1;"), true},
		{"proto, a repeated field", protoType, message("optional string a = 1;"), message("optional string a = 1; repeated int32 b = 2;"), false},
		{"proto, another type", protoType, message("optional string a = 1;"), message("optional bytes a = 1;"), false},
		{"proto, another name", protoType, message("optional string a = 1;"), message("optional string b = 1;"), false},
		{"proto, another message", protoType, message("optional string a = 1;"), `syntax = "proto3"; message N { optional string a = 1; }`, false},
	} {
		if err := parse(t, test.kind, test.after).Follows(parse(t, test.kind, test.before)); (err == nil) != test.follows {
			t.Errorf("%s: %v, want it to follow: %t", test.name, err, test.follows)
		}
	}
}
