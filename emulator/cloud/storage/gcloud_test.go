package storage_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
)

func TestGcloud(t *testing.T) {
	g := gcloudtest.New(t, "storage", service(t), "/storage/v1/")
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small.zip"), filepath.Join(dir, "large.bin")
	content := make([]byte, 9<<20) // more than the 8 MiB above which gcloud sends parts
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(content) // never fails
	for name, data := range map[string][]byte{small: []byte("PK\r\n\r\n--"), large: content} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g.Run("", "storage", "buckets", "create", "gs://bucket", "--location=us-central1", "--uniform-bucket-level-access")
	g.Run("", "storage", "cp", small, large, "gs://bucket/dir/")
	if got, want := g.Run("", "storage", "ls", "gs://bucket/**"), "gs://bucket/dir/large.bin\ngs://bucket/dir/small.zip"; got != want {
		t.Errorf("ls: %q, want %q", got, want)
	}
	g.Run("", "storage", "cp", "gs://bucket/dir/large.bin", filepath.Join(dir, "copy"))
	if got, err := os.ReadFile(filepath.Join(dir, "copy")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back, %v; want the %d that were sent", len(got), err, len(content))
	}
	g.Run("", "storage", "mv", "gs://bucket/dir/small.zip", "gs://bucket/moved.zip")
	if got := g.Run("", "storage", "ls", "-l", "gs://bucket/"); !strings.Contains(got, "gs://bucket/moved.zip") || !strings.Contains(got, "gs://bucket/dir/") || strings.Contains(got, "small") {
		t.Errorf("ls -l: %s", got)
	}
	if got := g.Run("", "storage", "cat", "gs://bucket/moved.zip"); got != "PK\r\n\r\n--" {
		t.Errorf("cat: %q", got)
	}
	g.Run("", "storage", "rm", "-r", "gs://bucket")
	g.Refused("not found", "", "storage", "ls", "gs://bucket")
}
