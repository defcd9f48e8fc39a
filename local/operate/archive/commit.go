package archive

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tallystream/tallystream/shared/buildinfo"
)

// writeCommit writes into the archive which commit its sources are of: the last one
// that changed any of them, so that the archive changes only when a function does.
// Where there is no repository, or no git, nothing is written.
func writeCommit(ctx context.Context, m module, stage string) error {
	if _, err := os.Stat(filepath.Join(stage, filepath.FromSlash(buildinfo.File))); err != nil {
		return nil // another module
	}
	var sources []string
	for _, top := range []string{"functions", "shared"} {
		err := fs.WalkDir(os.DirFS(stage), top, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				sources = append(sources, name)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	commit := git(ctx, m.dir, append([]string{"log", "-1", "--format=%H", "--"}, sources...)...)
	if commit == "" {
		return nil
	}
	if git(ctx, m.dir, append([]string{"status", "--porcelain", "--"}, sources...)...) != "" {
		commit += " with changes"
	}
	return writeFile(stage, buildinfo.File, []byte(commit+"\n"))
}

// git returns what the git command prints; nothing if it fails. It takes no lock, so
// that it disturbs no other git command.
func git(ctx context.Context, dir string, args ...string) string {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-optional-locks"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
