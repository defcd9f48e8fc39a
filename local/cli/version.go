package cli

import (
	"fmt"
	"runtime/debug"
)

// version is the version and the commit that this program was built from, as the
// go command stamps them. go run doesn't stamp a commit, go build does.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "tallystream, built without module information"
	}
	return describe(info)
}

func describe(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := "commit unknown"
	if revision := settings["vcs.revision"]; revision != "" {
		commit = "commit " + revision
		if settings["vcs.modified"] == "true" {
			commit += " with changes"
		}
	}
	return fmt.Sprintf("tallystream %s (%s, %s)", info.Main.Version, commit, info.GoVersion)
}
