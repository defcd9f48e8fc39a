package tfstate

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A bucket is the part of Cloud Storage's JSON API that Terraform's backend uses.
type bucket struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string][]byte
	made    int // generations
	numbers map[string]int
}

// newBucket starts a bucket, and leads terraform to it.
func newBucket(t *testing.T) *bucket {
	t.Helper()
	b := &bucket{t: t, objects: map[string][]byte{}, numbers: map[string]int{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	t.Setenv("GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT", server.URL+"/storage/v1/")
	t.Setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "none")
	return b
}

// names are the objects that there are.
func (b *bucket) names() (names []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name := range b.objects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (b *bucket) resource(name string) map[string]any {
	return map[string]any{
		"kind": "storage#object", "name": name, "bucket": "election-states", "size": fmt.Sprint(len(b.objects[name])),
		"generation": fmt.Sprint(b.numbers[name]), "metageneration": "1",
	}
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer := func(status int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // terraform is gone
	}
	refuse := func(status int) {
		answer(status, map[string]any{"error": map[string]any{"code": status, "message": http.StatusText(status)}})
	}
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/upload"), "/storage/v1")
	name, isObject := strings.CutPrefix(path, "/b/election-states/o/")
	if !isObject { // as the reader of objects asks
		name, isObject = strings.CutPrefix(path, "/election-states/")
	}
	_, there := b.objects[name]
	switch {
	case path == "/b/election-states/o" && r.Method == http.MethodGet:
		var items []map[string]any
		for name := range b.objects {
			if strings.HasPrefix(name, r.FormValue("prefix")) {
				items = append(items, b.resource(name))
			}
		}
		answer(http.StatusOK, map[string]any{"kind": "storage#objects", "items": items})
	case path == "/b/election-states/o" && r.Method == http.MethodPost:
		meta, content := b.upload(r)
		if _, there := b.objects[meta.Name]; there && r.FormValue("ifGenerationMatch") == "0" {
			refuse(http.StatusPreconditionFailed)
			return
		}
		b.made++
		b.objects[meta.Name], b.numbers[meta.Name] = content, b.made
		answer(http.StatusOK, b.resource(meta.Name))
	case isObject && !there:
		refuse(http.StatusNotFound)
	case isObject && r.Method == http.MethodDelete:
		delete(b.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case isObject && (r.FormValue("alt") == "media" || strings.HasPrefix(path, "/election-states/")):
		w.Header().Set("X-Goog-Generation", fmt.Sprint(b.numbers[name]))
		_, _ = w.Write(b.objects[name])
	case isObject && r.Method == http.MethodGet:
		answer(http.StatusOK, b.resource(name))
	default:
		b.t.Errorf("terraform asks for %s %s", r.Method, r.URL)
		refuse(http.StatusNotImplemented)
	}
}

// upload reads an object's name and content.
func (b *bucket) upload(r *http.Request) (meta struct{ Name string }, content []byte) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		b.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return meta, nil
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for i := range 2 {
		part, err := parts.NextPart()
		if err == nil && i == 0 {
			err = json.NewDecoder(part).Decode(&meta)
		} else if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			b.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
	return meta, content
}

// A bucket that was named once keeps the state from then on, and gets the state of
// before. The states of other projects stay where they are.
func TestBucket(t *testing.T) {
	b := newBucket(t)
	d := newDesk(t)
	d.deploys("election-a")
	resource := d.terraform("state", "show", "-no-color", "terraform_data.dataset")
	d.deploys("election-b")
	d.deploys("election-a", func(o *Options) { o.Bucket = "gs://election-states" })
	d.says("The state of project election-a has moved from " + filepath.Join(d.dir, "states", "election-a", "terraform.tfstate"))
	if got := d.terraform("state", "show", "-no-color", "terraform_data.dataset"); got != resource {
		t.Errorf("the resource is\n%s\nafter the move, want\n%s", got, resource)
	}
	if got := b.names(); !slices.Contains(got, "tallystream/election-a.tfstate") {
		t.Errorf("the bucket has %q", got)
	}
	d.settled("election-b") // on this machine
	d.settled("election-a") // in the bucket, which it isn't told again
	d.says("bucket = \"election-states\"")
	if slices.Contains(b.names(), "tallystream/election-b.tfstate") {
		t.Error("the state of another project is in the bucket")
	}

	// Another election in the same project, in the same bucket.
	d.deploys("election-a.spring", func(o *Options) { o.Bucket = "gs://election-states" })
	d.settled("election-a.spring")
	d.settled("election-a")
	if got := b.names(); !slices.Contains(got, "tallystream/election-a.spring.tfstate") {
		t.Errorf("the bucket has %q", got)
	}

	// Another person names the bucket too.
	other := newDesk(t)
	if err := other.choose("election-a", func(o *Options) { o.Bucket, o.Existing = "gs://election-states/", true }); err != nil {
		t.Fatal(err)
	}
	other.terraform("plan", "-detailed-exitcode", "-input=false", "-var=project_id=election-a")
	refused(t, other.choose("election-c", func(o *Options) { o.Bucket, o.Existing = "gs://election-states", true }), "project election-c has no deployment in workspace election-c")
}
