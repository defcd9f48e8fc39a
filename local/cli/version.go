package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/tallystream/tallystream/shared/buildinfo"
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
	i := buildinfo.From(info)
	commit := "commit unknown"
	if i.Commit != "" {
		commit = "commit " + i.Commit
		if i.Modified {
			commit += " with changes"
		}
	}
	return fmt.Sprintf("tallystream %s (%s, %s)", info.Main.Version, commit, info.GoVersion)
}
