// Package buildinfo says which version and which commit a program was built from.
package buildinfo

import (
	_ "embed"
	"runtime/debug"
	"strings"
	"sync"
)

// packed is the commit that the archive of the functions was packed from. It is
// empty in the repository: package archive writes it into the archive, because
// the cloud builds that without a repository.
//
//go:embed commit.txt
var packed string

// File is where an archive holds its commit, from the root of the module.
const File = "shared/buildinfo/commit.txt"

// Info is what a program was built from.
type Info struct {
	Version  string // of the module; empty where the go command knows none
	Commit   string // of the repository; empty where it isn't known
	Modified bool   // whether files had changed since the commit
	Go       string // version of Go
}

// Get is what this program was built from.
var Get = sync.OnceValue(func() Info {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Info{}
	}
	return From(info)
})

// From reads what the go command has stamped, and what stands in the archive. The
// go command stamps a commit where it builds in a repository; go run and go test
// don't.
func From(info *debug.BuildInfo) Info {
	i := Info{Version: info.Main.Version, Go: info.GoVersion}
	if i.Version == "(devel)" {
		i.Version = ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.modified":
			i.Modified = s.Value == "true"
		}
	}
	if i.Commit == "" {
		commit, changes, _ := strings.Cut(strings.TrimSpace(packed), " ")
		i.Commit, i.Modified = commit, changes != ""
	}
	return i
}
