package logging

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Resource is what an entry is of.
type Resource struct {
	Type   string
	Labels map[string]string
}

// entry is an entry that is kept.
type entry struct {
	at     time.Time
	number int64      // grows with each entry
	size   int        // of the object's JSON, in bytes
	object api.Object // is never changed
}

// special are the fields of a line in JSON that become the entry's, as
// https://cloud.google.com/logging/docs/structured-logging#special-payload-fields names them.
var special = []struct{ name, field string }{
	{"severity", "severity"}, {"httpRequest", "httpRequest"}, {"time", "timestamp"}, {"timestamp", "timestamp"},
	{"logging.googleapis.com/insertId", "insertId"}, {"logging.googleapis.com/labels", "labels"},
	{"logging.googleapis.com/operation", "operation"}, {"logging.googleapis.com/sourceLocation", "sourceLocation"},
	{"logging.googleapis.com/spanId", "spanId"}, {"logging.googleapis.com/trace", "trace"},
	{"logging.googleapis.com/trace_sampled", "traceSampled"},
}

// ofLine is the entry of a line that a process has written: in JSON its special fields are
// the entry's, and one that doesn't fit stays in the payload.
func ofLine(resource Resource, labels map[string]string, line []byte) *loggingpb.LogEntry {
	e := &loggingpb.LogEntry{
		LogName:  "projects/" + resource.Labels["project_id"] + "/logs/" + url.PathEscape(logID(resource.Type)),
		Resource: &monitoredres.MonitoredResource{Type: resource.Type, Labels: resource.Labels},
		Labels:   maps.Clone(labels),
	}
	var object api.Object
	err := json.Unmarshal(line, &object)
	if err == nil && object != nil {
		for _, s := range special {
			if value, ok := object[s.name]; ok && set(e, s.field, value) {
				delete(object, s.name)
			}
		}
		var payload *structpb.Struct
		if payload, err = structpb.NewStruct(object); err == nil {
			e.Payload = &loggingpb.LogEntry_JsonPayload{JsonPayload: payload}
			return e
		}
	}
	e.Payload = &loggingpb.LogEntry_TextPayload{TextPayload: strings.ToValidUTF8(string(line), "\uFFFD")}
	return e
}

// set gives an entry a field whose value is of JSON. It reports whether the value is one
// that the field may have.
func set(e *loggingpb.LogEntry, field string, value any) bool {
	switch v := value.(type) {
	case string:
		if field == "severity" {
			value = strings.ToUpper(v)
		}
	case api.Object:
		seconds, ok := v["seconds"].(float64)
		if nanos, _ := v["nanos"].(float64); ok && field == "timestamp" {
			value = time.Unix(int64(seconds), int64(nanos)).UTC().Format(time.RFC3339Nano)
		}
	}
	b, err := json.Marshal(api.Object{field: value})
	if err != nil {
		return false
	}
	one := new(loggingpb.LogEntry)
	if protojson.Unmarshal(b, one) != nil {
		return false
	}
	proto.Merge(e, one)
	return true
}

// SinkErrors is the id of the log of what sinks can't deliver.
const SinkErrors = "logging.googleapis.com/sink_error"

// logID is the log that a resource's lines are in.
func logID(resource string) string {
	switch resource {
	case "build":
		return "cloudbuild"
	case "cloud_scheduler_job":
		return "cloudscheduler.googleapis.com/executions"
	case "logging_sink":
		return SinkErrors
	}
	return "run.googleapis.com/stdout"
}

// complete checks an entry, gives it what the service gives it, and its form in JSON.
func complete(e *loggingpb.LogEntry, now time.Time) (entry, error) {
	if !strings.HasPrefix(e.LogName, "projects/") || strings.Count(e.LogName, "/") != 3 || !strings.Contains(e.LogName, "/logs/") {
		return entry{}, status.Errorf(codes.InvalidArgument, "logName %q: want projects/PROJECT/logs/LOG, with the slashes of LOG as %%2F.", e.LogName)
	}
	if e.Resource.GetType() == "" {
		return entry{}, status.Errorf(codes.InvalidArgument, "An entry of %s has no resource with a type.", e.LogName)
	}
	if e.Severity.Descriptor().Values().ByNumber(e.Severity.Number()) == nil {
		return entry{}, status.Errorf(codes.InvalidArgument, "severity %d: want a multiple of 100 up to 800.", e.Severity)
	}
	e.ReceiveTimestamp = timestamppb.New(now)
	if e.Timestamp == nil {
		e.Timestamp = e.ReceiveTimestamp
	}
	if e.InsertId == "" {
		e.InsertId = uuid.NewString()
	}
	b, err := protojson.Marshal(e)
	if err != nil {
		return entry{}, status.Errorf(codes.InvalidArgument, "An entry of %s: %v", e.LogName, err)
	}
	made := entry{at: e.Timestamp.AsTime(), size: len(b)}
	return made, json.Unmarshal(b, &made.object)
}

// message is an entry as gRPC has it.
func (e entry) message() (*loggingpb.LogEntry, error) {
	b, err := json.Marshal(e.object)
	if err != nil {
		return nil, err
	}
	m := new(loggingpb.LogEntry)
	return m, protojson.Unmarshal(b, m)
}
