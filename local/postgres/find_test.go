package postgres_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/postgres"
)

// program writes a program that says a version, as a server does, where every account
// gets to.
func program(t *testing.T, version string) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tallystream-pgbin-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A server that can't be used is refused before anything is made, by a sentence that names
// the setting.
func TestUnusableServers(t *testing.T) {
	for name, tt := range map[string]struct {
		bin  string
		data string // version in its folder of data
		want []string
	}{
		"too old":      {program(t, "14.19 (Debian 14.19-1)"), "", []string{"POSTGRES_BIN", "14.19", "15 to 18"}},
		"too new":      {program(t, "19beta1"), "", []string{"POSTGRES_BIN", "19beta1", "15 to 18"}},
		"no server":    {t.TempDir(), "", []string{"POSTGRES_BIN", "initdb", "15 to 18"}},
		"older data":   {program(t, "17.2"), "16", []string{"POSTGRES_BIN", "written by PostgreSQL 16", "17.2"}},
		"no such data": {"", "9", []string{"POSTGRES_BIN", "written by PostgreSQL 9"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.bin != "" || os.Getenv(postgres.BinVariable) == "" {
				t.Setenv(postgres.BinVariable, tt.bin)
			}
			dir := t.TempDir()
			if tt.data != "" {
				if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte(tt.data+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := postgres.Start(t.Context(), postgres.Options{Dir: dir})
			if err == nil {
				t.Fatal("it was started")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoesn't say %q", err, want)
				}
			}
		})
	}
}
