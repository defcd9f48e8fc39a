package logging_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/logging"
)

func deployed(buf *bytes.Buffer, more ...string) *slog.Logger {
	settings := map[string]string{"K_SERVICE": "ingest", "GOOGLE_CLOUD_PROJECT": "p"}
	for i := 0; i+1 < len(more); i += 2 {
		settings[more[i]] = more[i+1]
	}
	return logging.New(buf, config.FromMap(settings))
}

func serve(h http.HandlerFunc, log *slog.Logger, target string, header http.Header) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, target, nil)
	req.Header = header
	w := httptest.NewRecorder()
	logging.Handler("work", log, h).ServeHTTP(w, req)
	return w
}

// invocations are requests, and the lines of the log about them.
var invocations = []struct {
	name   string
	target string
	handle http.HandlerFunc
	status int
	want   map[string]any
}{
	{"success", "/", func(w http.ResponseWriter, r *http.Request) {
		logging.Add(r.Context(), slog.Int("records", 3), slog.Duration("age", 1500*time.Millisecond), slog.String("topic", "my votes"))
		logging.Raise(r.Context(), slog.LevelInfo)
	}, 200, map[string]any{
		"severity": "INFO", "status": 200.0, "records": 3.0, "age": 1.5, "topic": "my votes",
		"message": `work status=200 took=T records=3 age=1.5s topic="my votes"`,
	}},
	{"at its name", "/work", func(w http.ResponseWriter, r *http.Request) {
		logging.Raise(r.Context(), slog.LevelInfo)
	}, 200, map[string]any{"severity": "INFO", "status": 200.0, "message": "work status=200 took=T"}},
	{"client error", "/a/page?q=1", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusBadRequest)
	}, 400, map[string]any{"severity": "WARNING", "status": 400.0, "path": "/a/page", "message": "work status=400 took=T path=/a/page"}},
	{"server error", "/", func(w http.ResponseWriter, r *http.Request) {
		logging.Add(r.Context(), slog.Any("error", errors.New("the disk is full")))
		w.WriteHeader(http.StatusServiceUnavailable)
	}, 503, map[string]any{
		"severity": "ERROR", "status": 503.0, "error": "the disk is full",
		"message": `work status=503 took=T error="the disk is full"`,
	}},
	{"panic", "/", func(http.ResponseWriter, *http.Request) {
		panic("boom")
	}, 500, map[string]any{"severity": "ERROR", "status": 500.0, "panic": "boom", "message": "work status=500 took=T panic=boom"}},
}

// ids are what Google's services send of an invocation.
var ids = http.Header{
	"X-Cloud-Trace-Context": {"105445aa7843bc8bf206b12000100000/255;o=1"},
	"Function-Execution-Id": {"exec"},
}

// withIDs adds to the fields of a line those that come of ids.
func withIDs(m map[string]any) map[string]any {
	m["function"] = "work"
	m["logging.googleapis.com/trace"] = "projects/p/traces/105445aa7843bc8bf206b12000100000"
	m["logging.googleapis.com/spanId"] = "00000000000000ff"
	m["logging.googleapis.com/trace_sampled"] = true
	m["logging.googleapis.com/labels"] = map[string]any{"execution_id": "exec"}
	return m
}

// A line says everything in its message, and each thing in a field.
func TestInvocationLine(t *testing.T) {
	took := regexp.MustCompile(`took=[0-9.]+[a-zµ]*s`)
	for _, tt := range invocations {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			w := serve(tt.handle, deployed(&buf), tt.target, ids)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			var got map[string]any
			if err := json.Unmarshal(buf.Bytes(), &got); err != nil {
				t.Fatalf("line %q: %v", buf.String(), err)
			}
			got["message"] = took.ReplaceAllString(fmt.Sprint(got["message"]), "took=T")
			if seconds, ok := got["took"].(float64); !ok || seconds < 0 || seconds > 60 {
				t.Errorf("took = %v, want seconds", got["took"])
			}
			if _, ok := got["stack_trace"]; ok != (tt.name == "panic") {
				t.Errorf("stack_trace = %v", got["stack_trace"])
			}
			ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "time" || k == "took" || k == "stack_trace" })
			if diff := cmp.Diff(withIDs(tt.want), got, ignore); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

// Lines between carry the ids of their invocation too, and their attributes in
// the message.
func TestLineBetween(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header http.Header
		want   map[string]any
	}{
		{"W3C, kept", http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}, map[string]any{
			"logging.googleapis.com/trace":         "projects/p/traces/0af7651916cd43dd8448eb211c80319c",
			"logging.googleapis.com/spanId":        "b7ad6b7169203331",
			"logging.googleapis.com/trace_sampled": true,
		}},
		{"W3C, not kept", http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}}, map[string]any{
			"logging.googleapis.com/trace":         "projects/p/traces/0af7651916cd43dd8448eb211c80319c",
			"logging.googleapis.com/spanId":        "b7ad6b7169203331",
			"logging.googleapis.com/trace_sampled": false,
		}},
		{"a trace without a span", http.Header{"X-Cloud-Trace-Context": {"0af7651916cd43dd8448eb211c80319c"}}, map[string]any{
			"logging.googleapis.com/trace":         "projects/p/traces/0af7651916cd43dd8448eb211c80319c",
			"logging.googleapis.com/trace_sampled": false,
		}},
		{"damaged", http.Header{"Traceparent": {"00-short-01"}}, map[string]any{}},
		{"none", http.Header{}, map[string]any{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			log := deployed(&buf)
			serve(func(_ http.ResponseWriter, r *http.Request) {
				log.With("topic", "votes").WarnContext(r.Context(), "half way", "records", 3)
			}, log, "/", tt.header)
			var got map[string]any
			if err := json.Unmarshal(buf.Bytes(), &got); err != nil {
				t.Fatalf("line %q: %v", buf.String(), err)
			}
			maps.Copy(tt.want, map[string]any{
				"severity": "WARNING", "function": "work", "topic": "votes", "records": 3.0, "message": "half way topic=votes records=3",
			})
			ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "time" })
			if diff := cmp.Diff(tt.want, got, ignore); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	for _, tt := range []struct{ level, want string }{
		{"", "b c "}, {"warn", "c "}, {" WARN ", "c "}, {"debug", "a b c "}, {"error", ""}, {"nonsense", "b c "},
	} {
		var buf bytes.Buffer
		log := deployed(&buf, "LOG_LEVEL", tt.level)
		log.Debug("a")
		log.Info("b")
		log.Warn("c")
		got := ""
		dec := json.NewDecoder(&buf)
		for dec.More() {
			var line struct{ Message string }
			if err := dec.Decode(&line); err != nil {
				t.Fatal(err)
			}
			got += line.Message + " "
		}
		if got != tt.want {
			t.Errorf("LOG_LEVEL=%q wrote %q, want %q", tt.level, got, tt.want)
		}
	}
}

// A level that there isn't is a problem of the configuration, and named with its remedy.
func TestLevelIsChecked(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "info": "", "Error": "",
		"nonsense": `LOG_LEVEL is "nonsense": set it to one of debug, info, warn, error`,
		"info+2":   `LOG_LEVEL is "info+2": set it to one of`,
	} {
		env := config.From(config.FromMap(map[string]string{"LOG_LEVEL": value}))
		logging.Level(env)
		switch err := env.Err(); {
		case want == "" && err != nil:
			t.Errorf("LOG_LEVEL=%q: %v", value, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("LOG_LEVEL=%q: error %v, want %q", value, err, want)
		}
	}
}

// Where nothing is deployed a line says the same, for people.
func TestPlainLines(t *testing.T) {
	var buf bytes.Buffer
	serve(func(w http.ResponseWriter, r *http.Request) {
		logging.Add(r.Context(), slog.Int("records", 3))
		logging.Raise(r.Context(), slog.LevelInfo)
	}, logging.New(&buf, config.FromMap(nil)), "/", http.Header{"Function-Execution-Id": {"exec"}})
	want := regexp.MustCompile(`^time=\d\d:\d\d:\d\d\.\d{3} level=INFO msg=work status=200 took=[0-9.]+[a-zµ]*s records=3\n$`)
	if !want.Match(buf.Bytes()) {
		t.Errorf("line = %q, want one like %s", buf.String(), want)
	}
}
