package buildinfo

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

func TestFrom(t *testing.T) {
	stamped := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}
	for _, tt := range []struct {
		name   string
		info   debug.BuildInfo
		packed string
		want   Info
	}{
		{"a build in a repository", debug.BuildInfo{GoVersion: "go1", Main: debug.Module{Version: "v1.2.3"}, Settings: stamped}, "", Info{"v1.2.3", "abc", true, "go1"}},
		{"a build of an archive", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "def\n", Info{Commit: "def"}},
		{"an archive of changed files", debug.BuildInfo{}, "def with changes\n", Info{Commit: "def", Modified: true}},
		{"neither", debug.BuildInfo{}, "", Info{}},
	} {
		packed = tt.packed
		if got := From(&tt.info); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// The file is where package archive writes it, and says nothing here.
func TestFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(File)))
	if err != nil || len(text) > 0 {
		t.Errorf("%s holds %q (%v), want nothing", File, text, err)
	}
}
