package cloud_test

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud"
)

// Buckets have the objects that callers of Cloud Storage see, and no others.
func TestBuckets(t *testing.T) {
	early := new(cloud.Buckets)
	if _, err := early.List("elections"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the cloud's start: %v", err)
	}
	b := new(cloud.Buckets)
	_, a := startWith(t, b)
	if code, body := request(t, a, owner, "POST", "/storage/storage/v1/b?project=votes", `{"name":"elections","versioning":{"enabled":true}}`); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	for _, content := range []string{"first", "second"} {
		if err := b.Create("elections", "a/b.csv", strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Create("elections", "gone.csv", strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	const objects = "/storage/storage/v1/b/elections/o/"
	if code, body := request(t, a, owner, "DELETE", objects+"gone.csv", ""); code != 204 {
		t.Fatalf("%d %s", code, body)
	}
	if names, err := b.List("elections"); err != nil || !slices.Equal(names, []string{"a/b.csv"}) {
		t.Errorf("objects %q, %v", names, err)
	}
	if code, body := request(t, a, owner, "GET", objects+"a%2Fb.csv?alt=media", ""); code != 200 || body != "second" {
		t.Errorf("read by HTTP: %d %s", code, body)
	}
	content, err := b.Open("elections", "a/b.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if got, err := io.ReadAll(content); err != nil || string(got) != "second" {
		t.Errorf("content %q, %v", got, err)
	}
	_, list := b.List("nowhere")
	_, open := b.Open("elections", "gone.csv")
	for what, err := range map[string]error{"list": list, "open": open, "create": b.Create("nowhere", "x", strings.NewReader(""))} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want fs.ErrNotExist", what, err)
		}
	}
}
