package postgres

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// ErrNotInstalled says that no server is installed, and how to get one.
var ErrNotInstalled = errors.New("PostgreSQL isn't installed here (no initdb in PATH or in the usual folders): install it (apt install postgresql, brew install postgresql), or set DATABASE_URL to a database that you have")

// places are where packages install servers that aren't in PATH: Debian's and Ubuntu's,
// Red Hat's, Homebrew's on both kinds of processors, Postgres.app's.
var places = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// Find returns the folder of the server's programs: of a supported version the newest in
// the usual folders, or else that in PATH.
func Find() (string, error) {
	var found []string
	for _, pattern := range places {
		dirs, err := filepath.Glob(filepath.Join(pattern, "initdb"))
		if err != nil {
			return "", fmt.Errorf("look for PostgreSQL: %w", err)
		}
		found = append(found, dirs...)
	}
	found = slices.DeleteFunc(found, func(program string) bool { return supported(program) == 0 })
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return supported(a) - supported(b) })), nil
	}
	program, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrNotInstalled
	}
	program, err = filepath.EvalSymlinks(program)
	return filepath.Dir(program), err
}

// supported returns the version in the path of a program, if it is a supported one, or
// else 0.
func supported(program string) int {
	for version := 18; version >= 15; version-- {
		number := strconv.Itoa(version)
		for _, name := range []string{number, "postgresql@" + number, "pgsql-" + number} {
			if inFolder(program, name) {
				return version
			}
		}
	}
	return 0
}

// inFolder reports whether a path has a folder of this name.
func inFolder(path, name string) bool {
	for dir := path; ; dir = filepath.Dir(dir) {
		switch filepath.Base(dir) {
		case name:
			return true
		case "/", ".":
			return false
		}
	}
}
