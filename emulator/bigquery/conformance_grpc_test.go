package bigquery_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	_ "cloud.google.com/go/bigquery/storage/apiv1/storagepb" // registers the service's types
)

// grpcFloor is the share of gRPC cases, in percent, that must pass.
const grpcFloor = 100

type grpcCall struct {
	Method   string            `json:"method"`
	Request  json.RawMessage   `json:"request"`
	Requests []json.RawMessage `json:"requests"`
	Capture  map[string]string `json:"capture"`
}

type grpcExpected struct {
	Status    string `json:"status"`
	Message   string `json:"error_message"`
	Response  any    `json:"response"`
	Responses []any  `json:"responses"`
}

func TestConformanceGRPC(t *testing.T) {
	dirs := append(cases(t, "grpc/storage_write"), cases(t, "grpc/storage_read")...)
	e := start(t)
	conn, err := grpc.NewClient(e.GRPC(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	failures := map[string][]string{}
	for i, dir := range dirs {
		if diffs := e.runGRPCCase(t, conn, dir, fmt.Sprintf("grpc_%d", i)); len(diffs) > 0 {
			failures[filepath.Base(dir)] = diffs
		}
	}
	score(t, failures, len(dirs), grpcFloor)
}

func (e *emulator) runGRPCCase(t *testing.T, conn *grpc.ClientConn, dir, dataset string) []string {
	t.Helper()
	v := vars{"PROJECT": project, "DATASET_ID": dataset, "DATASET": project + "." + dataset}
	e.dataset(t, dataset)
	for _, sql := range statements(t, filepath.Join(dir, "setup.sql"), v) {
		if _, err := e.client.Query(sql).Read(t.Context()); err != nil {
			return []string{fmt.Sprintf("setup: %v", err)}
		}
	}
	var request struct{ Calls []grpcCall }
	readJSON(t, filepath.Join(dir, "request.json"), v, &request)
	var out []string
	for i, call := range request.Calls {
		path := fmt.Sprintf("calls[%d]", i)
		responses, err := invoke(t, conn, call, v)
		// What earlier calls have captured shows up in the answers.
		if len(responses) > 0 {
			for name, from := range call.Capture {
				v[name] = captured(from, nil, responses[0])
			}
		}
		var expected struct{ Calls []grpcExpected }
		readJSON(t, filepath.Join(dir, "expected_response.json"), v, &expected)
		out = append(out, checkCall(path, expected.Calls[i], responses, err)...)
	}
	return out
}

func checkCall(path string, want grpcExpected, responses []any, err error) []string {
	var out []string
	s := status.Convert(err)
	if name := code.Code_name[int32(s.Code())]; name != want.Status {
		out = append(out, fmt.Sprintf("%s: want status %s, got %s (%s)", path, want.Status, name, s.Message()))
	}
	if !strings.Contains(s.Message(), want.Message) {
		out = append(out, fmt.Sprintf("%s: want the message %q, got %q", path, want.Message, s.Message()))
	}
	if want.Response != nil {
		want.Responses = []any{want.Response}
	}
	if len(responses) != len(want.Responses) {
		return append(out, fmt.Sprintf("%s: want %d answers, got %d", path, len(want.Responses), len(responses)))
	}
	for i, w := range want.Responses {
		out = append(out, diff(path+".response", w, responses[i])...)
	}
	return out
}

// invoke makes one call, with JSON on both sides.
func invoke(t *testing.T, conn *grpc.ClientConn, call grpcCall, v vars) ([]any, error) {
	t.Helper()
	service, name, _ := strings.Cut(call.Method, ".")
	full := "google.cloud.bigquery.storage.v1." + service
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(full))
	if err != nil {
		t.Fatal(err)
	}
	m := d.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(name))
	stream, err := conn.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: m.IsStreamingClient(), ServerStreams: m.IsStreamingServer()}, "/"+full+"/"+name)
	if err != nil {
		t.Fatal(err)
	}
	requests := call.Requests
	if call.Request != nil {
		requests = append(requests, call.Request)
	}
	for _, r := range requests {
		in := dynamicpb.NewMessage(m.Input())
		if err := protojson.Unmarshal(protoNames(v.expand(string(r))), in); err != nil {
			t.Fatalf("%s: %v", call.Method, err)
		}
		if err := stream.SendMsg(in); err != nil {
			break // the answer says why
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	var out []any
	for {
		answer := dynamicpb.NewMessage(m.Output())
		if err := stream.RecvMsg(answer); err != nil {
			return out, ended(err)
		}
		out = append(out, asJSON(t, answer))
		if !m.IsStreamingServer() {
			return out, nil
		}
	}
}

// ended tells the regular end of a stream from a failure.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// The corpus has the names of Python's classes: type_ for type.
func protoNames(text string) []byte { return []byte(strings.ReplaceAll(text, `"type_"`, `"type"`)) }

func asJSON(t *testing.T, m protoreflect.ProtoMessage) any {
	t.Helper()
	data, err := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if v, ok := out["type"]; ok {
		out["type_"] = v
	}
	return out
}
