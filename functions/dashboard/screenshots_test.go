package dashboard

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/web/browser"
)

// TestScreenshots takes the pictures of docs/images into the folder that SCREENSHOTS names (make
// screenshots), and those of the elections of docs/elections, at five widths, in both themes and
// two languages, into that of EVERY_SCREENSHOT. Of these PICTURES chooses some, by a regular expression.
func TestScreenshots(t *testing.T) {
	taken := false
	for variable, script := range map[string]string{"SCREENSHOTS": "screenshots.js", "EVERY_SCREENSHOT": "every.js"} {
		if folder := os.Getenv(variable); folder != "" {
			taken = true
			takePictures(t, folder, script)
		}
	}
	if !taken {
		t.Skip("neither SCREENSHOTS nor EVERY_SCREENSHOT is set: nothing to picture")
	}
}

func takePictures(t *testing.T, folder, script string) {
	t.Helper()
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := &sites{t: t}
	server := httptest.NewServer(all)
	defer server.Close()
	defer all.close()
	browser.Run(t, []string{"BASE=" + server.URL, "FOLDER=" + folder}, script)
}
