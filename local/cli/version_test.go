package cli

import (
	"runtime/debug"
	"testing"
)

func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		name     string
		settings []debug.BuildSetting
		want     string
	}{
		{"a commit", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}}, "tallystream v1.2.3 (commit abc, go1.26)"},
		{"changes", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}, "tallystream v1.2.3 (commit abc with changes, go1.26)"},
		{"no repository", nil, "tallystream v1.2.3 (commit unknown, go1.26)"},
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}, Settings: tt.settings}
		if got := describe(info); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
