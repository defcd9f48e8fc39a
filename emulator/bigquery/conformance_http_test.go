package bigquery_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// httpFloor is the share of HTTP cases, in percent, that must pass.
const httpFloor = 100

type httpRequest struct {
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body"`
	BodyBin  string            `json:"body_bin"`
	Capture  map[string]string `json:"capture"`
	AwaitJob string            `json:"await_job"`
}

type httpExpected struct {
	Status  int               `json:"http_status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

func TestConformanceHTTP(t *testing.T) {
	dirs := cases(t, "http/jobs")
	e := start(t)
	failures := map[string][]string{}
	for i, dir := range dirs {
		if diffs := e.runHTTPCase(t, dir, fmt.Sprintf("http_%d", i)); len(diffs) > 0 {
			failures[filepath.Base(dir)] = diffs
		}
	}
	score(t, failures, len(dirs), httpFloor)
}

func (e *emulator) runHTTPCase(t *testing.T, dir, dataset string) []string {
	t.Helper()
	v := vars{
		"PROJECT": project, "DATASET_ID": dataset, "DATASET": project + "." + dataset,
		"GCS_BUCKET": "test-webhook-bucket/bqemu-conformance",
	}
	d := e.dataset(t, dataset)
	defer func() { // a case sees its own dataset only
		if err := d.DeleteWithContents(t.Context()); err != nil {
			t.Errorf("delete the dataset of %s: %v", dir, err)
		}
	}()
	for _, sql := range statements(t, filepath.Join(dir, "setup.sql"), v) {
		if _, err := e.client.Query(sql).Read(t.Context()); err != nil {
			return []string{fmt.Sprintf("setup: %v", err)}
		}
	}
	var setup []httpRequest
	if path := filepath.Join(dir, "setup_requests.json"); exists(path) {
		readJSON(t, path, vars{}, &setup)
	}
	for _, r := range setup {
		status, headers, body := e.send(t, dir, r, v)
		if status >= 400 {
			return []string{fmt.Sprintf("setup: %s %s: %d %v", r.Method, r.Path, status, body)}
		}
		for name, from := range r.Capture {
			v[name] = captured(from, headers, body)
		}
		if r.AwaitJob != "" {
			job, err := e.client.JobFromID(t.Context(), v[r.AwaitJob])
			if err != nil {
				return []string{err.Error()}
			}
			if _, err := job.Wait(t.Context()); err != nil {
				return []string{err.Error()}
			}
		}
	}
	var request httpRequest
	readJSON(t, filepath.Join(dir, "request.json"), vars{}, &request)
	var want httpExpected
	readJSON(t, filepath.Join(dir, "expected_response.json"), v, &want)
	status, headers, body := e.send(t, dir, request, v)
	out := diff("body", want.Body, body)
	if status != want.Status {
		out = append(out, fmt.Sprintf("status: want %d, got %d", want.Status, status))
	}
	for name, value := range want.Headers {
		if got := headers.Get(name); got != value && (value != anything || got == "") {
			out = append(out, fmt.Sprintf("header %s: want %q, got %q", name, value, got))
		}
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// send makes a request and decodes the answer, an empty one as "".
func (e *emulator) send(t *testing.T, dir string, r httpRequest, v vars) (int, http.Header, any) {
	t.Helper()
	body := []byte(v.expand(string(r.Body)))
	if r.BodyBin != "" {
		data, err := os.ReadFile(filepath.Join(dir, r.BodyBin))
		if err != nil {
			t.Fatal(err)
		}
		// Multipart needs CRLF, which the corpus doesn't keep.
		text := v.expand(string(data))
		if strings.HasPrefix(text, "--") && !strings.Contains(text, "\r\n") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		body = []byte(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), r.Method, "http://"+e.REST()+v.expand(r.Path), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	resp, data := answered(t, http.DefaultClient, req)
	if len(data) == 0 {
		return resp.StatusCode, resp.Header, ""
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%s %s: answer %q: %v", r.Method, r.Path, data, err)
	}
	return resp.StatusCode, resp.Header, out
}

// captured is a part of an answer: a header, or a value by its dotted path.
func captured(from string, headers http.Header, body any) string {
	if name, ok := strings.CutPrefix(from, "header:"); ok {
		return headers.Get(name)
	}
	for part := range strings.SplitSeq(from, ".") {
		switch x := body.(type) {
		case map[string]any:
			body = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(x) {
				return ""
			}
			body = x[i]
		default:
			return ""
		}
	}
	return fmt.Sprint(body)
}
