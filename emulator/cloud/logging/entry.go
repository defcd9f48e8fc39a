package logging

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

// Resource is what an entry is of.
type Resource struct {
	Type   string
	Labels map[string]string
}

// wire are the fields that an entry may have; others are refused by name.
type wire struct {
	LogName          string            `json:"logName,omitempty"`
	Resource         api.Object        `json:"resource,omitempty"`
	Timestamp        string            `json:"timestamp,omitempty"`
	ReceiveTimestamp string            `json:"receiveTimestamp,omitempty"`
	Severity         any               `json:"severity,omitempty"` // a name or a number
	InsertID         string            `json:"insertId,omitempty"`
	HTTPRequest      api.Object        `json:"httpRequest,omitempty"`
	Labels           map[string]string `json:"labels,omitempty"`
	Operation        api.Object        `json:"operation,omitempty"`
	Trace            string            `json:"trace,omitempty"`
	SpanID           string            `json:"spanId,omitempty"`
	TraceSampled     bool              `json:"traceSampled,omitempty"`
	SourceLocation   api.Object        `json:"sourceLocation,omitempty"`
	TextPayload      string            `json:"textPayload,omitempty"`
	JSONPayload      api.Object        `json:"jsonPayload,omitempty"`
}

// check completes an entry that a client writes.
func (w *wire) check() error {
	if !strings.HasPrefix(w.LogName, "projects/") || !strings.Contains(w.LogName, "/logs/") {
		return status.Errorf(codes.InvalidArgument, "logName %q: want projects/PROJECT/logs/LOG.", w.LogName)
	}
	if w.Timestamp != "" {
		if _, err := time.Parse(time.RFC3339Nano, w.Timestamp); err != nil {
			return status.Errorf(codes.InvalidArgument, "timestamp %q: want one like 2026-11-29T07:00:00Z.", w.Timestamp)
		}
	}
	switch s := w.Severity.(type) {
	case nil:
	case string:
		if !slices.Contains(filter.Severities, s) {
			return status.Errorf(codes.InvalidArgument, "severity %q: want one of %s.", s, strings.Join(filter.Severities, ", "))
		}
	case float64:
		n := int(s) / 100
		if n < 0 || n >= len(filter.Severities) || float64(n*100) != s {
			return status.Errorf(codes.InvalidArgument, "severity %v: want a multiple of 100 to 800.", s)
		}
		w.Severity = filter.Severities[n]
	default:
		return status.Errorf(codes.InvalidArgument, "severity %v: want a name.", s)
	}
	return nil
}

// special are the fields of a line in JSON that become the entry's, as
// https://cloud.google.com/logging/docs/structured-logging#special-payload-fields names them.
var special = map[string]string{
	"severity": "severity", "httpRequest": "httpRequest", "time": "timestamp", "timestamp": "timestamp",
	"logging.googleapis.com/insertId": "insertId", "logging.googleapis.com/labels": "labels",
	"logging.googleapis.com/operation": "operation", "logging.googleapis.com/sourceLocation": "sourceLocation",
	"logging.googleapis.com/spanId": "spanId", "logging.googleapis.com/trace": "trace",
	"logging.googleapis.com/trace_sampled": "traceSampled",
}

// ofLine is the entry of a line that a process has written: in JSON its special fields are
// the entry's, and one that doesn't fit stays in the payload.
func ofLine(resource Resource, labels map[string]string, line []byte) wire {
	w := wire{
		Resource: api.Object{"type": resource.Type, "labels": resource.Labels}, Labels: map[string]string{},
		LogName: "projects/" + resource.Labels["project_id"] + "/logs/" + url.PathEscape(logID(resource.Type)),
	}
	var payload api.Object
	if json.Unmarshal(line, &payload) != nil || payload == nil {
		w.TextPayload = string(line)
	}
	for name, field := range special {
		value, ok := payload[name]
		if !ok {
			continue
		}
		if s, ok := value.(string); ok && field == "severity" {
			value = strings.ToUpper(s)
		}
		b, err := json.Marshal(api.Object{field: value})
		if err != nil {
			continue
		}
		tried := w
		if api.Decode(b, &tried) == nil && tried.check() == nil {
			w = tried
			delete(payload, name)
		}
	}
	w.JSONPayload = payload
	all := map[string]string{}
	for _, some := range []map[string]string{labels, w.Labels} {
		for name, value := range some {
			all[name] = value
		}
	}
	w.Labels = all
	return w
}

// logID is the log that a resource's lines are in.
func logID(resource string) string {
	if resource == "build" {
		return "cloudbuild"
	}
	return "run.googleapis.com/stdout"
}

// complete gives an entry what the service gives it, and its form in JSON.
func (w wire) complete(now time.Time) (entry, error) {
	w.ReceiveTimestamp = now.UTC().Format(time.RFC3339Nano)
	if w.Timestamp == "" {
		w.Timestamp = w.ReceiveTimestamp
	}
	if w.InsertID == "" {
		w.InsertID = uuid.NewString()
	}
	at, err := time.Parse(time.RFC3339Nano, w.Timestamp)
	if err != nil {
		return entry{}, err
	}
	b, err := json.Marshal(w)
	if err != nil {
		return entry{}, err
	}
	e := entry{at: at, size: len(b)}
	return e, json.Unmarshal(b, &e.object)
}
