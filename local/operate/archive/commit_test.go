package archive_test

import (
	"archive/zip"
	"context"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/operate/archive"
	"github.com/tallystream/tallystream/shared/buildinfo"
)

// An archive says which commit it was packed from.
func TestCommit(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	if err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Run(); err != nil {
		t.Skipf("there is no repository here: %v", err)
	}
	a, err := archive.Write(t.Context(), ".", filepath.Join(t.TempDir(), "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(a.File)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := fs.ReadFile(z, buildinfo.File)
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{40}( with changes)?\n$`).Match(text) {
		t.Errorf("%s holds %q (%v), want a commit", buildinfo.File, text, err)
	}
}
