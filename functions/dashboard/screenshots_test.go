package dashboard

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/web/browser"
)

// TestScreenshots takes pictures of the page, at three widths and in both
// themes, into the folder that SCREENSHOTS names (make screenshots).
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		t.Skip("SCREENSHOTS isn't set: nothing to picture")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := &sites{t: t}
	server := httptest.NewServer(all)
	defer server.Close()
	defer all.close()
	browser.Run(t, []string{"BASE=" + server.URL, "FOLDER=" + folder}, "screenshots.js")
}
