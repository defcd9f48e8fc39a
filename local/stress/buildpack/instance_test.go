package buildpack

import (
	"archive/zip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/local/operate/archive"
	"github.com/tallystream/tallystream/shared/buildinfo"
)

// settings have each function start without a service: nothing listens on port 1.
var settings = map[string]string{
	"GOOGLE_CLOUD_PROJECT":           "p",
	"HMAC_KEY":                       "a key that is long enough for tests",
	"KAFKA_BROKERS":                  "127.0.0.1:1",
	"PUBSUB_EMULATOR_HOST":           "127.0.0.1:1",
	"BIGQUERY_EMULATOR_HOST":         "127.0.0.1:1",
	"BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:1",
}

// TestArchive has the cloud's build and the cloud's instances on this machine.
func TestArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "archive.zip")
	if _, err := archive.Write(t.Context(), ".", file); err != nil {
		t.Fatal(err)
	}
	built, err := build.Build(t.Context(), build.Options{Archive: file, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	program := built.File
	for _, tt := range []struct {
		function, method, path, body string
		status                       int
		want                         string // part of the answer, that only this function gives
	}{
		{"bridge", http.MethodPost, "/", `{"until":"noon"}`, http.StatusBadRequest, `until is \"noon\": set it to \"deadline\" or \"caught_up\"`},
		{"ingest", http.MethodPost, "/", `{"message":1}`, http.StatusBadRequest, "message is a number, not an object"},
		{"aggregate", http.MethodPost, "/", `{"until":"noon"}`, http.StatusBadRequest, `until is \"noon\": set it to \"deadline\" or \"caught_up\"`},
		{"dashboard", http.MethodGet, "/healthz", "", http.StatusOK, `{"status":"ok"}`},
		{"dashboard", http.MethodGet, "/nowhere", "", http.StatusNotFound, "There is no such page."},
	} {
		t.Run(tt.function+tt.path, func(t *testing.T) {
			i, err := Start(t.Context(), program, tt.function, settings)
			if err != nil {
				t.Fatal(err)
			}
			defer i.Close()
			if status, body := call(t, tt.method, i.URL+tt.path, tt.body); status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("answer %d %s, want %d and %q", status, body, tt.status, tt.want)
			}
		})
	}
	t.Run("bad settings", func(t *testing.T) { testBadSettings(t, program, commitOf(t, file)) })
	t.Run("unknown function", func(t *testing.T) {
		i, err := Start(t.Context(), program, "registrar", settings)
		if err == nil {
			i.Close()
			t.Fatal("it started")
		}
		if !strings.Contains(err.Error(), "registrar") {
			t.Errorf("error %v doesn't name the function", err)
		}
	})
}

// commitOf returns the commit that an archive carries; empty if it was packed outside
// of a repository.
func commitOf(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := fs.ReadFile(z, buildinfo.File)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func call(t *testing.T, method, url, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// testBadSettings looks at what a function that can't start answers and logs in
// the cloud, where K_SERVICE is set.
func testBadSettings(t *testing.T, program, commit string) {
	i, err := Start(t.Context(), program, "ingest", map[string]string{"K_SERVICE": "ingest", "HMAC_KEY": "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	status, body := call(t, http.MethodPost, i.URL, "")
	if status != http.StatusInternalServerError || !strings.Contains(body, "its log says why") {
		t.Errorf("answer %d %s", status, body)
	}
	line, _, _ := strings.Cut(i.Output(), "\n")
	var entry struct{ Severity, Message, Error, Commit string }
	if err := json.Unmarshal([]byte(line), &entry); err != nil {
		t.Fatalf("log %s: %v", i.Output(), err)
	}
	if entry.Severity != "ERROR" || !strings.Contains(entry.Error, "GOOGLE_CLOUD_PROJECT") {
		t.Errorf("log %s: want an error that names the missing project", line)
	}
	if entry.Commit != commit {
		t.Errorf("log %s: want the archive's commit %q", line, commit)
	}
	if strings.Contains(i.Output(), "secret") {
		t.Errorf("the log holds the key: %s", i.Output())
	}
}
