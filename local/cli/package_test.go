package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/local/operate/archive"
)

func TestPackage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dist", "a.zip")
	status, stdout, stderr := called(t, nil, "package", "--out", file)
	if status != exitOK {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	var got archive.Archive
	lastLine(t, stdout, &got)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.File != file || got.Bytes != info.Size() || len(got.SHA256) != 64 || got.Files == 0 {
		t.Errorf("said %+v of a file of %d bytes", got, info.Size())
	}
}
