package logging_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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

func serve(h http.HandlerFunc, log *slog.Logger, header http.Header) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/", nil)
	req.Header = header
	w := httptest.NewRecorder()
	logging.Handler("work", log, h).ServeHTTP(w, req)
	return w
}

func TestInvocationLine(t *testing.T) {
	ids := http.Header{
		"X-Cloud-Trace-Context": {"105445aa7843bc8bf206b12000100000/1;o=1"},
		"Function-Execution-Id": {"exec"},
	}
	withIDs := func(m map[string]any) map[string]any {
		m["logging.googleapis.com/trace"] = "projects/p/traces/105445aa7843bc8bf206b12000100000"
		m["logging.googleapis.com/spanId"] = "1"
		m["logging.googleapis.com/labels"] = map[string]any{"execution_id": "exec"}
		m["message"] = "work"
		return m
	}
	tests := []struct {
		name   string
		handle http.HandlerFunc
		status int
		want   map[string]any
	}{
		{"success", func(w http.ResponseWriter, r *http.Request) {
			logging.Add(r.Context(), slog.Int("records", 3))
			logging.Raise(r.Context(), slog.LevelInfo)
		}, 200, map[string]any{"severity": "INFO", "status": 200.0, "records": 3.0}},
		{"client error", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "no", http.StatusBadRequest)
		}, 400, map[string]any{"severity": "WARNING", "status": 400.0}},
		{"server error", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}, 503, map[string]any{"severity": "ERROR", "status": 503.0}},
		{"panic", func(http.ResponseWriter, *http.Request) {
			panic("boom")
		}, 500, map[string]any{"severity": "ERROR", "status": 500.0, "panic": "boom"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			w := serve(tt.handle, deployed(&buf), ids)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			var got map[string]any
			if err := json.Unmarshal(buf.Bytes(), &got); err != nil {
				t.Fatalf("line %q: %v", buf.String(), err)
			}
			ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "time" || k == "took" || k == "stack" })
			if diff := cmp.Diff(withIDs(tt.want), got, ignore); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestW3CTrace(t *testing.T) {
	var buf bytes.Buffer
	log := deployed(&buf)
	serve(func(_ http.ResponseWriter, r *http.Request) { log.InfoContext(r.Context(), "half way") }, log,
		http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}})
	if want := `"logging.googleapis.com/trace":"projects/p/traces/0af7651916cd43dd8448eb211c80319c"`; !strings.Contains(buf.String(), want) {
		t.Errorf("line %q lacks %q", buf.String(), want)
	}
}

func TestLevels(t *testing.T) {
	for _, tt := range []struct{ level, want string }{{"", "b c "}, {"warn", "c "}, {"debug", "a b c "}, {"nonsense", "b c "}} {
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

func TestPlainLines(t *testing.T) {
	var buf bytes.Buffer
	logging.New(&buf, config.FromMap(nil)).With("stage", "bridge").Info("drained", "records", 3)
	if got := buf.String(); !strings.Contains(got, "level=INFO msg=drained stage=bridge records=3") {
		t.Errorf("line = %q", got)
	}
}
