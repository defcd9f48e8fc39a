package httpdoc

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestAccepts(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "gzip": "gzip", "GZIP": "gzip", "br, gzip;q=0.5": "br", "*": "br", "br": "br", "identity": "",
		"gzip;q=0": "", "gzip; q=0.0": "", "br;q=0, gzip": "gzip", "x-gzip": "", "gzip, deflate, br, zstd": "br",
		"gzip, zstd": "zstd", "*, br;q=0": "zstd", "*;q=0, gzip": "gzip",
	} {
		got := ""
		if i := preferred(header); i >= 0 {
			got = codings[i]
		}
		if got != want {
			t.Errorf("%q gets %q, want %q", header, got, want)
		}
	}
}

// TestEveryCodingSaysTheSame decodes each representation with another reader than ours.
func TestEveryCodingSaysTheSame(t *testing.T) {
	want := bytes.Repeat([]byte(`{"votes":1,"name":"Ann"},`), 1000)
	d := New(JSONType, want)
	for coding, reader := range map[string]func(io.Reader) (io.Reader, error){
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	} {
		answer := get(d, "Accept-Encoding", coding)
		if got := answer.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("%q is answered in %q", coding, got)
		}
		r, err := reader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %d bytes, %v, want the %d of the document", coding, len(got), err, len(want))
		}
		tag := answer.Header.Get("ETag")
		again := get(d, "Accept-Encoding", "br", "If-None-Match", `"other", W/`+tag)
		if again.StatusCode != http.StatusNotModified || again.Header.Get("Content-Type") != "" {
			t.Errorf("%q: %s for who has %s, want 304 without a body's headers", coding, again.Status, tag)
		}
	}
	for _, tag := range []string{`"` + d.Tag, `"` + d.Tag + `-bro"`, `"` + d.Tag + `-"`, `"x"`} {
		if got := get(d, "If-None-Match", tag); got.StatusCode != http.StatusOK {
			t.Errorf("%s for who has %s", got.Status, tag)
		}
	}
}

// TestNotModifiedIsShort asks what an answer says that has no body.
func TestNotModifiedIsShort(t *testing.T) {
	d := New(JSONType, []byte("{}"))
	w := httptest.NewRecorder()
	for name, value := range Headers(nil, nil) {
		w.Header()[name] = value
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "public")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("If-None-Match", "*")
	d.Serve(w, r)
	var names []string
	for _, name := range []string{"Etag", "Vary", "Cache-Control", "Access-Control-Allow-Origin"} {
		if w.Header().Get(name) == "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 || len(w.Header()) != 4 {
		t.Errorf("304 lacks %s, and has %v", strings.Join(names, " "), w.Header())
	}
}

func get(d *Document, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.Serve(w, r)
	return w.Result()
}
