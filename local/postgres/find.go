package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/postgres"
)

// ErrNotInstalled says that no server is installed, and how to get one.
var ErrNotInstalled = errors.New("PostgreSQL isn't installed here (no initdb in PATH or in the usual folders): install it (apt install postgresql, brew install postgresql), set " + BinVariable + " to the folder of its programs, or set DATABASE_URL to a database that you have")

// BinVariable names the folder of the server's programs, where it isn't to be looked for.
const BinVariable = "POSTGRES_BIN"

// places are where packages install servers that aren't in PATH: Debian's and Ubuntu's,
// Red Hat's, Homebrew's on both kinds of processors, Postgres.app's.
var places = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// An installation is where the programs of a server are.
type installation struct {
	bin   string // folder
	text  string // version as the server says it, as in 17.2
	major int    // its first number
}

// find returns the installation to use: that of POSTGRES_BIN, or else of those in the
// usual folders and in PATH the newest one of a supported version. major is the version of
// the data, which another one can't read; 0 is any.
func find(ctx context.Context, major int) (installation, error) {
	if bin := os.Getenv(BinVariable); bin != "" {
		i, err := installed(ctx, bin)
		if err != nil {
			return i, fmt.Errorf("%s is %s: set it to a folder that has the programs initdb and postgres of PostgreSQL %s: %w", BinVariable, bin, versions(), err)
		}
		if !postgres.Supported(i.major) {
			return i, fmt.Errorf("%s is %s, which has PostgreSQL %s: set it to the programs of %s", BinVariable, bin, i.text, versions())
		}
		return i, i.reads(major)
	}
	all, err := search(ctx)
	if err != nil {
		return installation{}, err
	}
	if len(all) == 0 {
		return installation{}, ErrNotInstalled
	}
	good := slices.DeleteFunc(slices.Clone(all), func(i installation) bool {
		return !postgres.Supported(i.major) || i.reads(major) != nil
	})
	newer := func(a, b installation) int { return cmp.Compare(a.major, b.major) }
	if len(good) > 0 {
		return slices.MaxFunc(good, newer), nil
	}
	newest := slices.MaxFunc(all, newer)
	if !postgres.Supported(newest.major) {
		return newest, fmt.Errorf("%s has PostgreSQL %s, and nothing else is installed: install %s, or set %s to its folder", newest.bin, newest.text, versions(), BinVariable)
	}
	return newest, newest.reads(major)
}

// versions are those that are supported, for sentences.
func versions() string { return fmt.Sprintf("%d to %d", postgres.OldestServer, postgres.NewestServer) }

// reads returns an error unless the server reads data of a version; 0 is none.
func (i installation) reads(major int) error {
	if major == 0 || major == i.major {
		return nil
	}
	return fmt.Errorf("the data was written by PostgreSQL %d, and %s has %s, which can't read it: set %s to the programs of %d, or take another folder for the data", major, i.bin, i.text, BinVariable, major)
}

// search returns what is installed in the usual folders and in PATH.
func search(ctx context.Context) ([]installation, error) {
	var all []installation
	for _, pattern := range places {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("look for PostgreSQL: %w", err)
		}
		for _, dir := range dirs {
			if i, err := installed(ctx, dir); err == nil { // a folder may be left of what was removed
				all = append(all, i)
			}
		}
	}
	if program, err := exec.LookPath("initdb"); err == nil {
		if program, err = filepath.EvalSymlinks(program); err == nil {
			if i, err := installed(ctx, filepath.Dir(program)); err == nil {
				all = append(all, i)
			}
		}
	}
	return all, ctx.Err()
}

// installed asks the server in a folder for its version.
func installed(ctx context.Context, bin string) (installation, error) {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return installation{}, err
	}
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return installation{}, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version")
	asServer(cmd)
	out, err := cmd.Output()
	if errors.Is(err, fs.ErrPermission) && os.Geteuid() == 0 {
		return installation{}, fmt.Errorf("a server doesn't run as root, and another account doesn't get there: %w", err)
	}
	if err != nil {
		return installation{}, err
	}
	_, text, _ := strings.Cut(string(out), ") ") // postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	major, err := postgres.ServerVersion(text)
	if err != nil {
		return installation{}, fmt.Errorf("postgres --version says %q", out)
	}
	return installation{bin: bin, text: text, major: major}, nil
}
