// Package goldentest holds files to what tests make. With -update it writes them.
package goldentest

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that tests compare with what they make")

// File holds a file to the text that was made for it, or writes it. Where they differ, the error
// names the file and says what to do.
func File(t testing.TB, file, made, remedy string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	held, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, string(held)); diff != "" {
		t.Errorf("%s isn't what was made for it: %s (-made +file):\n%s", file, remedy, diff)
	}
}
