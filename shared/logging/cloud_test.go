package logging

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/buildinfo"
)

// An entry says what the function was built from; its message doesn't.
func TestOrigin(t *testing.T) {
	for _, tt := range []struct {
		built buildinfo.Info
		want  string
	}{
		{buildinfo.Info{Version: "v1.2.3", Commit: "abc", Modified: true}, `"version":"v1.2.3","commit":"abc with changes","n":1}`},
		{buildinfo.Info{Commit: "abc"}, `"message":"said n=1","commit":"abc","n":1}`},
		{buildinfo.Info{}, `"message":"said n=1","n":1}`},
	} {
		var out bytes.Buffer
		slog.New(newCloudHandler(&out, slog.LevelInfo, "p", tt.built)).Info("said", "n", 1)
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("entry %s, want %s", out.String(), tt.want)
		}
	}
}
