package bigquery_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loadJob is the JSON of a load of CSV into ds.t.
const loadJob = `{"configuration": {"load": {"sourceFormat": "CSV", "destinationTable": {"projectId": "` + project + `", "datasetId": "ds", "tableId": "t"}}}}`

// upload sends a part of an upload and returns the answer, its body read.
func (e *emulator) upload(t *testing.T, method, query, contentType, contentRange, body string) (*http.Response, object) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+e.REST()+"/upload"+projectURL+"/jobs?"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if contentRange != "" {
		req.Header.Set("Content-Range", contentRange)
	}
	// 308 is no redirect here.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, data := answered(t, client, req)
	var out object
	if len(bytes.TrimSpace(data)) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
	}
	return resp, out
}

// begin starts a resumable upload and returns its id.
func (e *emulator) begin(t *testing.T) string {
	t.Helper()
	resp, body := e.upload(t, "POST", "uploadType=resumable", "application/json", "", loadJob)
	id := resp.Header.Get("X-GUploader-UploadID")
	if resp.StatusCode != 200 || id == "" || !strings.Contains(resp.Header.Get("Location"), id) {
		t.Fatalf("begin = %d %v %v", resp.StatusCode, resp.Header, body)
	}
	return id
}

func TestResumableUpload(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	id := e.begin(t)
	steps := []struct {
		span, body string
		status     int
		have       string
	}{
		{"bytes */*", "", 308, ""},
		{"bytes 0-3/*", "1,a\n", 308, "bytes=0-3"},
		{"bytes */12", "", 308, "bytes=0-3"},
		{"bytes 9-11/12", "xx", 400, ""},                 // a gap
		{"bytes 0-7/12", "1,a\n2,b\n", 308, "bytes=0-7"}, // half of it again
		{"bytes x/12", "", 400, ""},
		{"bytes 8-11/12", "3,c\n", 200, ""},
		{"bytes */12", "", 404, ""}, // it is over
	}
	for _, s := range steps {
		resp, body := e.upload(t, "PUT", "upload_id="+id, "text/csv", s.span, s.body)
		if resp.StatusCode != s.status || resp.Header.Get("Range") != s.have {
			t.Fatalf("%s: %d with range %q, want %d with %q: %v", s.span, resp.StatusCode, resp.Header.Get("Range"), s.status, s.have, body)
		}
		if s.status == 200 && at(body, "statistics", "load", "outputRows") != "3" {
			t.Errorf("the finished job: %v", body)
		}
	}
	if got := e.query(t, "SELECT COUNT(*), MAX(name) FROM ds.t"); got[0][0] != int64(3) || got[0][1] != "c" {
		t.Errorf("rows and last name: %v", got[0])
	}

	cancelled := e.begin(t)
	if resp, _ := e.upload(t, "DELETE", "upload_id="+cancelled, "text/csv", "", ""); resp.StatusCode != 499 {
		t.Errorf("cancel = %d, want 499", resp.StatusCode)
	}
	if resp, _ := e.upload(t, "PUT", "upload_id="+cancelled, "text/csv", "", "1,a\n"); resp.StatusCode != 404 {
		t.Errorf("a chunk of a cancelled upload: %d, want 404", resp.StatusCode)
	}
	// All at once, without a range.
	if resp, body := e.upload(t, "PUT", "upload_id="+e.begin(t), "text/csv", "", "4,d\n"); resp.StatusCode != 200 {
		t.Errorf("upload in one piece = %d %v", resp.StatusCode, body)
	}
}

func TestMultipartUpload(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	part := func(kind, body string) string { return "--b\r\nContent-Type: " + kind + "\r\n\r\n" + body + "\r\n" }
	jobPart, data := part("application/json", loadJob), part("text/csv", "1,a\n")
	const related = "multipart/related; boundary=b"
	tests := []struct {
		name, kind, body string
		status           int
	}{
		{"two parts", related, jobPart + data + "--b--", 200},
		{"no content", related, jobPart + "--b--", 400},
		{"three parts", related, jobPart + data + data + "--b--", 400},
		{"no boundary", "multipart/related", jobPart + data + "--b--", 400},
		{"no multipart", "text/csv", "1,a\n", 400},
		{"cut off", related, jobPart + "--b\r\nContent-Type", 400},
		{"bad job", related, part("application/json", "{") + data + "--b--", 400},
		{"a query", related, part("application/json", `{"configuration": {"query": {"query": "SELECT 1"}}}`) + data + "--b--", 400},
		{"no configuration", related, part("application/json", "{}") + data + "--b--", 400},
	}
	var got []string
	for _, tt := range tests {
		if resp, body := e.upload(t, "POST", "uploadType=multipart", tt.kind, "", tt.body); resp.StatusCode != tt.status {
			t.Errorf("%s: %d %v, want %d", tt.name, resp.StatusCode, body, tt.status)
		} else if resp.StatusCode == 200 {
			got = append(got, at(body, "status", "state").(string))
		}
	}
	if diff := cmp.Diff([]string{"DONE"}, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	for _, query := range []string{"", "uploadType=media"} {
		if resp, _ := e.upload(t, "POST", query, related, "", jobPart+data+"--b--"); resp.StatusCode != 400 {
			t.Errorf("upload with %q: %d, want 400", query, resp.StatusCode)
		}
	}
}
