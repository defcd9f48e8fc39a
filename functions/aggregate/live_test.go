package aggregate

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the text of the table functions")

// Terraform reads the table functions from files. Their text is that of the passes.
func TestTableFunctionsAreCurrent(t *testing.T) {
	const head = "-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql.\n"
	for name, body := range tableFunctions() {
		isCurrent(t, filepath.Join("../../shared/warehouse/functions/analytics", name+".sql"), head+body+"\n")
	}
}

// A migration makes the same functions on PostgreSQL. Once it has run anywhere, another
// text needs a migration of its own: name its file here.
func TestPostgresFunctionsAreCurrent(t *testing.T) {
	isCurrent(t, "../../shared/postgres/migrations/00008_live.sql", postgresFunctions())
	if t.Failed() {
		t.Log("databases that exist have run this migration: name a new one in this test, and write that")
	}
}

// isCurrent holds a file to a text, or writes it.
func isCurrent(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s isn't current: run go test ./functions/aggregate -update (-want +got):\n%s", file, diff)
	}
}
