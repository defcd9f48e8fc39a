package transform

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// js is a transform by a function f.
func js(body string) *pubsubpb.MessageTransform {
	return &pubsubpb.MessageTransform{Transform: &pubsubpb.MessageTransform_JavascriptUdf{
		JavascriptUdf: &pubsubpb.JavaScriptUDF{FunctionName: "f", Code: "function f(message, metadata) {" + body + "}"},
	}}
}

func zlibbed(mode pubsubpb.Compression_CompressionMode) *pubsubpb.MessageTransform {
	return &pubsubpb.MessageTransform{Transform: &pubsubpb.MessageTransform_Compression{
		Compression: &pubsubpb.Compression{CompressionAlgorithm: pubsubpb.Compression_ZLIB, CompressionMode: mode},
	}}
}

func TestApply(t *testing.T) {
	in := &pubsubpb.PubsubMessage{
		Data: []byte(`{"n": 1}`), Attributes: map[string]string{"a": "b"}, OrderingKey: "k", MessageId: "7",
		PublishTime: timestamppb.New(time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)),
	}
	as := func(data string, attributes map[string]string) *pubsubpb.PubsubMessage {
		m := proto.Clone(in).(*pubsubpb.PubsubMessage)
		m.Data, m.Attributes = []byte(data), attributes
		return m
	}
	disabled := js("return null")
	disabled.Disabled = true
	for _, test := range []struct {
		name  string
		chain []*pubsubpb.MessageTransform
		want  *pubsubpb.PubsubMessage
		say   string // of the error
	}{
		{"as it is", []*pubsubpb.MessageTransform{js("return message")}, in, ""},
		{"JSON", []*pubsubpb.MessageTransform{js(`const v = JSON.parse(message.data); v.n++; message.data = JSON.stringify(v); return message`)}, as(`{"n":2}`, in.Attributes), ""},
		{"attributes", []*pubsubpb.MessageTransform{js(`message.attributes["c"] = "d"; delete message.attributes.a; return message`)}, as(`{"n": 1}`, map[string]string{"c": "d"}), ""},
		{"no attributes", []*pubsubpb.MessageTransform{js(`return {data: "x", attributes: {}}`)}, as("x", nil), ""},
		{"attributes left out", []*pubsubpb.MessageTransform{js(`return {data: "x"}`)}, as("x", in.Attributes), ""},
		{"metadata", []*pubsubpb.MessageTransform{js(`return {data: [metadata.message_id, metadata.publish_time, metadata.ordering_key].join()}`)}, as("7,2026-11-03T08:00:00Z,k", in.Attributes), ""},
		{"dropped", []*pubsubpb.MessageTransform{js(`return message.attributes.a === "b" ? null : message`), js("throw new Error('not reached')")}, nil, ""},
		{"disabled", []*pubsubpb.MessageTransform{disabled}, in, ""},
		{"two", []*pubsubpb.MessageTransform{js(`message.data += "1"; return message`), js(`message.data += "2"; return message`)}, as(`{"n": 1}12`, in.Attributes), ""},
		{"there and back", []*pubsubpb.MessageTransform{zlibbed(pubsubpb.Compression_COMPRESS), zlibbed(pubsubpb.Compression_DECOMPRESS)}, in, ""},
		{"thrown", []*pubsubpb.MessageTransform{js(`throw new Error("no vote")`)}, nil, "no vote"},
		{"nothing returned", []*pubsubpb.MessageTransform{js(``)}, nil, "want null or an object"},
		{"no data returned", []*pubsubpb.MessageTransform{js(`return {}`)}, nil, "no text as data"},
		{"number as attribute", []*pubsubpb.MessageTransform{js(`return {data: "x", attributes: {n: 1}}`)}, nil, `"n"`},
		{"empty", []*pubsubpb.MessageTransform{js(`return {data: "", attributes: {}}`)}, nil, "neither data"},
		{"endless", []*pubsubpb.MessageTransform{js(`while (true) {}`)}, nil, "longer than"},
		{"deep", []*pubsubpb.MessageTransform{js(`return f(message, metadata)`)}, nil, "stack"},
		{"not compressed", []*pubsubpb.MessageTransform{zlibbed(pubsubpb.Compression_DECOMPRESS)}, nil, "ZLIB"},
	} {
		c, err := New(test.chain)
		if err != nil {
			t.Fatal(test.name, err)
		}
		before := proto.Clone(in)
		got, err := c.Apply(in)
		if test.say == "" && err != nil || test.say != "" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(test.say))) {
			t.Errorf("%s: %v, want %q", test.name, err, test.say)
		}
		if diff := cmp.Diff(test.want, got, protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if !proto.Equal(before, in) {
			t.Errorf("%s: the message itself is changed", test.name)
		}
	}
}

// Data that isn't text can't be given to a function.
func TestNoText(t *testing.T) {
	c, err := New([]*pubsubpb.MessageTransform{js("return message")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apply(&pubsubpb.PubsubMessage{Data: []byte{0xff}}); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("%v, want an error about UTF-8", err)
	}
}

func TestNewRefuses(t *testing.T) {
	udf := func(name, code string) *pubsubpb.MessageTransform {
		return &pubsubpb.MessageTransform{Transform: &pubsubpb.MessageTransform_JavascriptUdf{JavascriptUdf: &pubsubpb.JavaScriptUDF{FunctionName: name, Code: code}}}
	}
	six := make([]*pubsubpb.MessageTransform, 6)
	for i := range six {
		six[i] = js("return message")
	}
	for name, list := range map[string][]*pubsubpb.MessageTransform{
		"nothing":     {{}},
		"syntax":      {udf("f", "function f( {")},
		"no function": {udf("g", "function f() {}")},
		"no code":     {udf("f", "var f = 1")},
		"endless":     {udf("f", "while (true) {}")},
		"long":        {udf("f", "function f() {}"+strings.Repeat(" ", maxCode))},
		"algorithm":   {{Transform: &pubsubpb.MessageTransform_Compression{Compression: &pubsubpb.Compression{}}}},
		"mode":        {zlibbed(pubsubpb.Compression_COMPRESSION_MODE_UNSPECIFIED)},
		"six":         six,
	} {
		if _, err := New(list); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v, want InvalidArgument", name, err)
		}
	}
}
