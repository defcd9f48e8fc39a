package cloud_test

import (
	"os"
	"path/filepath"
	"testing"
)

// An object goes to a bucket and comes back through the proxy. For a download gcloud goes to
// the path of mediaLink at the host that it knows. By endpoints the package storage tries it.
func TestGcloudStorage(t *testing.T) {
	_, a := start(t)
	g := newGcloud(t, a.Proxy())
	dir := t.TempDir()
	file, back := filepath.Join(dir, "election.json"), filepath.Join(dir, "back")
	if err := os.WriteFile(file, []byte(`{"name":"an election"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	g.want("", "gcloud storage buckets create gs://elections --location=us-central1")
	g.want("", "gcloud storage cp "+file+" gs://elections/files/")
	g.want("an election", "gcloud storage cat gs://elections/files/election.json")
	g.want("", "gcloud storage cp gs://elections/files/election.json "+back)
	if got, err := os.ReadFile(back); err != nil || string(got) != `{"name":"an election"}` {
		t.Errorf("came back as %q, %v", got, err)
	}
	g.want("", "gcloud storage rm -r gs://elections")
}
