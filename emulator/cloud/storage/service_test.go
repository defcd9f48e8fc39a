package storage_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/storage"
)

func service(t *testing.T) *storage.Service {
	t.Helper()
	s, err := storage.New(storage.Options{Policies: policy.New(), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send sends a request with headers, as name and value by turns.
func send(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type request struct {
	method, path, body string
	code               int
	want               string // is part of the answer
}

// play sends requests one after the other, and compares their answers.
func play(t *testing.T, s *storage.Service, requests []request) {
	t.Helper()
	for n, q := range requests {
		w := send(s, q.method, q.path, q.body, "Content-Type", "text/plain")
		if w.Code != q.code || !strings.Contains(w.Body.String(), q.want) {
			t.Errorf("%d: %s %s: %d %s\nwant %d %s", n, q.method, q.path, w.Code, w.Body, q.code, q.want)
		}
	}
}

const (
	b  = "/storage/v1/b"
	up = "/upload/storage/v1/b/bucket/o"
)

func TestBuckets(t *testing.T) {
	play(t, service(t), []request{
		{"POST", b + "?project=p", `{"name":"bucket","location":"us-central1","labels":{"a":"b"},"iamConfiguration":{"uniformBucketLevelAccess":{"enabled":true},"publicAccessPrevention":"enforced"}}`, 200, `"location":"US-CENTRAL1","locationType":"region"`},
		{"POST", b + "?project=p", `{"name":"bucket"}`, 409, `"reason":"conflict"`},
		{"POST", b, `{"name":"other"}`, 400, "Required parameter: project"},
		{"POST", b + "?project=p", `{"name":"Other"}`, 400, "Invalid bucket name: 'Other'"},
		{"POST", b + "?project=p", `{"name":"other","lifecycle":{"rule":[{"action":{"type":"Delete"}}]}}`, 501, "lifecycle.rule"},
		{"POST", b + "?project=p", `{"name":"other","encryption":{"defaultKmsKeyName":"k"}}`, 400, `\"encryption\"`},
		{"POST", b + "?project=q", `{"name":"other"}`, 200, `"location":"US","locationType":"multi-region"`},
		{"GET", b + "?project=p&maxResults=1", "", 200, `"items":[{"kind":"storage#bucket","id":"bucket"`},
		{"GET", b + "?project=none", "", 200, `{"items":[],"kind":"storage#buckets"}`},
		{"GET", b + "/none", "", 404, `"reason":"notFound"`},
		{"GET", b + "/bucket?ifMetagenerationMatch=2", "", 412, `"reason":"conditionNotMet"`},
		{"PATCH", b + "/bucket", `{"labels":{"a":null,"c":"d"},"versioning":{"enabled":true}}`, 200, `"labels":{"c":"d"},"versioning":{"enabled":true}`},
		{"PATCH", b + "/bucket", `{"softDeletePolicy":{"retentionDurationSeconds":"604800"}}`, 501, "softDeletePolicy.retentionDurationSeconds"},
		{"GET", b + "/bucket?ifMetagenerationMatch=2", "", 200, `"metageneration":"2"`},
		{"GET", b + "/bucket/iam?optionsRequestedPolicyVersion=3", "", 200, `"resourceId":"projects/_/buckets/bucket"`},
		{"PUT", b + "/bucket/iam", `{"bindings":[{"role":"roles/storage.objectViewer","members":["user:a@example.com"]}]}`, 200, `"user:a@example.com"`},
		{"GET", b + "/bucket/anywhereCaches", "", 200, `{"kind":"storage#anywhereCaches"}`},
		{"GET", b + "/bucket/acl", "", 501, "The emulator has no GET /storage/v1/b/bucket/acl."},
		{"PUT", b + "/bucket", "{}", 501, "The emulator has no PUT /storage/v1/b/bucket."},
		{"POST", up + "?uploadType=media&name=o", "x", 200, ""},
		{"DELETE", b + "/bucket", "", 409, "The bucket you tried to delete is not empty."},
		{"DELETE", b + "/other", "", 204, ""},
		{"GET", b + "/other", "", 404, ""},
	})
}

func TestObjects(t *testing.T) {
	s := service(t)
	play(t, s, []request{
		{"POST", b + "?project=p", `{"name":"bucket"}`, 200, ""},
		{"POST", up + "?uploadType=media&name=a/b", "123456789", 200, `"size":"9","md5Hash":"JfnnlDI7RTiF9RgfG2JNCw==","crc32c":"4waSgw=="`},
		{"POST", up + "?uploadType=media&name=a/b&ifGenerationMatch=0", "other", 412, `"reason":"conditionNotMet"`},
		{"POST", up + "?uploadType=media", "other", 400, "Required parameter: name"},
		{"POST", up + "?uploadType=media&name=" + strings.Repeat("x", 1025), "other", 400, "1025 bytes; at most 1024"},
		{"POST", up + "?uploadType=media&name=x&kmsKeyName=k", "other", 400, `\"kmsKeyName\"`},
		{"POST", up + "?uploadType=other&name=x", "other", 400, `\"other\" is neither media, multipart nor resumable`},
		{"GET", b + "/bucket/o/a%2Fb", "", 200, `"contentType":"text/plain"`},
		{"GET", b + "/bucket/o/a%2Fb?alt=media", "", 200, "123456789"},
		{"GET", "/download" + b + "/bucket/o/a%2Fb?alt=media", "", 200, "123456789"},
		{"GET", b + "/bucket/o/none", "", 404, "No such object: bucket/none"},
		{"GET", b + "/none/o/none", "", 404, "The specified bucket does not exist."},
		{"PATCH", b + "/bucket/o/a%2Fb", `{"cacheControl":"no-store","metadata":{"k":"v","l":null}}`, 200, `"cacheControl":"no-store","metadata":{"k":"v"}`},
		{"PATCH", b + "/bucket/o/a%2Fb", `{"temporaryHold":true}`, 400, `\"temporaryHold\"`},
		{"PATCH", b + "/bucket/o/a%2Fb", `{"metadata":{"k":"` + strings.Repeat("x", 8<<10) + `"}}`, 400, "8193 bytes; an object has at most 8192"},
		{"GET", b + "/bucket/o/a%2Fb?ifMetagenerationMatch=2", "", 200, `"metadata":{"k":"v"}`},
		{"POST", b + "/bucket/o/a%2Fb/rewriteTo/b/bucket/o/c", "", 200, `"totalBytesRewritten":"9"`},
		{"POST", b + "/bucket/o/a%2Fb/copyTo/b/bucket/o/d?ifSourceGenerationMatch=1", "", 412, ""},
		{"POST", b + "/bucket/o/a%2Fb/copyTo/b/bucket/o/d", `{"contentType":"x/y"}`, 200, `"contentType":"x/y"`},
		{"GET", b + "/bucket/o/c", "", 200, `"cacheControl":"no-store","metadata":{"k":"v"}`},
		{"GET", b + "/bucket/o/c?alt=media", "", 200, "123456789"},
		{"GET", b + "/bucket/o?delimiter=/&maxResults=1", "", 200, `"prefixes":["a/"]}`},
		{"GET", b + "/bucket/o?prefix=a/", "", 200, `"name":"a/b"`},
		{"GET", b + "/bucket/o?matchGlob=x", "", 400, `\"matchGlob\"`},
		{"DELETE", b + "/bucket/o/a%2Fb?ifGenerationMatch=1", "", 412, ""},
		{"DELETE", b + "/bucket/o/a%2Fb", "", 204, ""},
		{"DELETE", b + "/bucket/o/a%2Fb", "", 404, ""},
		{"DELETE", b + "/bucket/o/c", "", 204, ""},
		{"DELETE", b + "/bucket/o/d", "", 204, ""},
		{"DELETE", b + "/bucket", "", 204, ""},
	})
}

// What is deleted or refused leaves no file.
func TestContentsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	s, err := storage.New(storage.Options{Policies: policy.New(), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, []request{
		{"POST", b + "?project=p", `{"name":"bucket"}`, 200, ""},
		{"POST", up + "?uploadType=media&name=a", "1", 200, ""},
		{"POST", up + "?uploadType=media&name=a", "2", 200, ""},
		{"POST", up + "?uploadType=media&name=a&ifGenerationMatch=0", "3", 412, ""},
		{"GET", b + "/bucket/o/a?alt=media", "", 200, "2"},
	})
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%d files %v, want the one of the object", len(files), err)
	}
	send(s, "DELETE", b+"/bucket/o/a", "")
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("%d files, want none", len(files))
	}
}

func TestVersions(t *testing.T) {
	s := service(t)
	send(s, "POST", b+"?project=p", `{"name":"bucket","versioning":{"enabled":true}}`)
	var made [2]struct{ Generation string }
	for n := range made {
		w := send(s, "POST", up+"?uploadType=media&name=a", []string{"one", "two"}[n])
		if err := json.Unmarshal(w.Body.Bytes(), &made[n]); err != nil {
			t.Fatal(err)
		}
	}
	first, second := made[0].Generation, made[1].Generation
	play(t, s, []request{
		{"GET", b + "/bucket/o/a?alt=media", "", 200, "two"},
		{"GET", b + "/bucket/o/a?alt=media&generation=" + first, "", 200, "one"},
		{"GET", b + "/bucket/o?versions=true", "", 200, `"generation":"` + first},
		{"DELETE", b + "/bucket/o/a", "", 204, ""},
		{"GET", b + "/bucket/o/a", "", 404, ""},
		{"GET", b + "/bucket/o", "", 200, `{"kind":"storage#objects"}`},
		{"GET", b + "/bucket/o/a?generation=" + second, "", 200, `"timeDeleted":"`},
		{"DELETE", b + "/bucket/o/a?generation=" + second, "", 204, ""},
		{"DELETE", b + "/bucket/o/a?generation=" + first, "", 204, ""},
		{"GET", b + "/bucket/o?versions=true", "", 200, `{"kind":"storage#objects"}`},
		{"DELETE", b + "/bucket", "", 204, ""},
	})
}

func TestPages(t *testing.T) {
	s := service(t)
	send(s, "POST", b+"?project=p", `{"name":"bucket"}`)
	for _, name := range []string{"a", "b/1", "b/2", "c", "d/1"} {
		send(s, "POST", up+"?uploadType=media&name="+name, name)
	}
	var got []string
	token, pages := "", 0
	for pages == 0 || token != "" {
		var page struct {
			NextPageToken string
			Prefixes      []string
			Items         []struct{ Name string }
		}
		w := send(s, "GET", b+"/bucket/o?delimiter=/&maxResults=2&pageToken="+token, "")
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Items {
			got = append(got, o.Name)
		}
		got = append(got, page.Prefixes...)
		token, pages = page.NextPageToken, pages+1
	}
	if want := "a b/ c d/"; strings.Join(got, " ") != want || pages != 2 {
		t.Errorf("%v on %d pages, want %q on 2", got, pages, want)
	}
}

func TestRanges(t *testing.T) {
	s := service(t)
	send(s, "POST", b+"?project=p", `{"name":"bucket"}`)
	send(s, "POST", up+"?uploadType=media&name=a", "0123456789", "Content-Type", "text/plain")
	for header, want := range map[string]string{"bytes=2-4": "206 234", "bytes=-3": "206 789", "bytes=8-": "206 89", "bytes=20-": "416 "} {
		w := send(s, "GET", b+"/bucket/o/a?alt=media", "", "Range", header)
		if got := w.Result().Status[:4] + w.Body.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
		if w.Code == 206 && w.Header().Get("X-Goog-Hash") != "crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==" {
			t.Errorf("x-goog-hash %q", w.Header().Get("X-Goog-Hash"))
		}
	}
}

func TestMultipart(t *testing.T) {
	s := service(t)
	send(s, "POST", b+"?project=p", `{"name":"bucket"}`)
	body := func(description, content string) string {
		return "--x\r\nContent-Type: application/json\r\n\r\n" + description + "\r\n--x\r\nContent-Type: application/zip\r\n\r\n" + content + "\r\n--x--\r\n"
	}
	for _, test := range []struct {
		body, kind string
		code       int
		want       string
	}{
		{body(`{"name":"a","metadata":{"k":"v"}}`, "1\r\n2"), "multipart/related; boundary=x", 200, `"size":"4"`},
		{body(`{"name":"a","md5Hash":"AAAA"}`, "12"), "multipart/related; boundary=x", 400, `Provided md5Hash \"AAAA\" doesn't match`},
		{body(`{"name":"a","retention":{}}`, "12"), "multipart/related; boundary=x", 400, `\"retention\"`},
		{body(`{"name":"a","bucket":"b"}`, "12"), "multipart/related; boundary=x", 400, `does not agree`},
		{strings.TrimSuffix(body(`{"name":"b"}`, "12"), "\r\n--x--\r\n"), "multipart/related; boundary=x", 400, `ends before its object`},
		{"12", "text/plain", 400, "multipart/related with a boundary"},
	} {
		w := send(s, "POST", up+"?uploadType=multipart", test.body, "Content-Type", test.kind)
		if w.Code != test.code || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%q: %d %s\nwant %d %s", test.body, w.Code, w.Body, test.code, test.want)
		}
	}
	content, err := s.Object(t.Context(), "bucket", "a")
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if got, err := io.ReadAll(content); err != nil || string(got) != "1\r\n2" {
		t.Errorf("the object is %q %v", got, err)
	}
	if _, err := s.Object(t.Context(), "bucket", "b"); status.Code(err) != codes.NotFound {
		t.Errorf("of no such object: %v, want NOT_FOUND", err)
	}
}

func TestResumable(t *testing.T) {
	s := service(t)
	send(s, "POST", b+"?project=p", `{"name":"bucket"}`)
	begin := func() string {
		w := send(s, "POST", up+"?uploadType=resumable", `{"name":"a"}`, "X-Upload-Content-Type", "text/css")
		u, err := url.Parse(w.Header().Get("Location"))
		if w.Code != 200 || err != nil {
			t.Fatalf("begun with %d %s, %v", w.Code, w.Body, err)
		}
		return u.RequestURI()
	}
	const k = 256 << 10
	part := func(c string, n int) string { return strings.Repeat(c, n) }
	where := begin()
	for n, test := range []struct {
		contentRange, body string
		code               int
		want, at           string
	}{
		{"bytes */*", "", 308, "", ""},
		{"bytes 0-9/*", part("a", 10), 400, "not a multiple of 262144", ""},
		{"bytes 0-262143/*", part("a", k), 308, "", "bytes=0-262143"},
		{"bytes 524288-524297/524298", part("b", 10), 400, "begins at 524288, but only 262144", ""},
		{"bytes */262154", "", 308, "", "bytes=0-262143"},
		{"nonsense", "", 400, "want bytes FIRST-LAST/SIZE", ""},
		{"bytes 262134-262153/262154", part("a", 10) + part("b", 10), 200, `"size":"262154"`, ""},
		{"bytes */262154", "", 200, `"contentType":"text/css"`, ""},
	} {
		w := send(s, "PUT", where, test.body, "Content-Range", test.contentRange)
		if w.Code != test.code || !strings.Contains(w.Body.String(), test.want) || w.Header().Get("Range") != test.at {
			t.Errorf("%d: %s: %d %q %s\nwant %d %q %s", n, test.contentRange, w.Code, w.Header().Get("Range"), w.Body, test.code, test.at, test.want)
		}
	}
	if got := send(s, "GET", b+"/bucket/o/a?alt=media", "").Body.Bytes(); !bytes.Equal(got, []byte(part("a", k)+part("b", 10))) {
		t.Errorf("the object has %d bytes, other ones than were sent", len(got))
	}
	where = begin()
	if w := send(s, "DELETE", where, ""); w.Code != 499 {
		t.Errorf("cancelled with %d, want 499", w.Code)
	}
	if w := send(s, "PUT", where, "x"); w.Code != 404 {
		t.Errorf("after it was cancelled: %d, want 404", w.Code)
	}
}

func TestUploadURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t)
		send(s, "POST", b+"?project=p", `{"name":"bucket"}`)
		where := s.UploadURL("bucket", "a b.zip")
		if !strings.HasPrefix(where, "https://storage.googleapis.com/bucket/a%20b.zip?") {
			t.Errorf("the URL is %s", where)
		}
		for _, test := range []struct {
			url  string
			code int
		}{
			{where, 200}, {where, 200},
			{strings.Replace(where, "a%20b", "c", 1), 403}, {where + "x", 403}, {"/bucket/a", 403},
			{s.UploadURL("none", "a"), 404},
		} {
			if w := send(s, "PUT", test.url, "zip", "Content-Type", "application/zip"); w.Code != test.code {
				t.Errorf("PUT %s: %d %s, want %d", test.url, w.Code, w.Body, test.code)
			}
		}
		time.Sleep(31 * time.Minute)
		if w := send(s, "PUT", where, "zip"); w.Code != 400 || !strings.Contains(w.Body.String(), "expired") {
			t.Errorf("after half an hour: %d %s", w.Code, w.Body)
		}
	})
}
