package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/operate/archive"
)

func TestPackage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dist", "a.zip")
	status, stdout, stderr := run(t, nil, "package", "--out", file)
	if status != cli.ExitOK {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	var got archive.Archive
	clitest.LastLine(t, stdout, &got)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.File != file || got.Bytes != info.Size() || len(got.SHA256) != 64 || got.Files == 0 {
		t.Errorf("said %+v of a file of %d bytes", got, info.Size())
	}
}
