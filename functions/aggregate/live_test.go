package aggregate

import (
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/shared/goldentest"
)

// remedy is what to do about a file that isn't current.
const remedy = "run go test ./functions/aggregate -update"

// Terraform reads the table functions from files. Their text is that of the passes.
func TestTableFunctionsAreCurrent(t *testing.T) {
	const head = "-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql.\n"
	for name, body := range tableFunctions() {
		goldentest.File(t, filepath.Join("../../shared/warehouse/functions/analytics", name+".sql"), head+body+"\n", remedy)
	}
}

// A migration makes the same functions on PostgreSQL. Once it has run anywhere, another
// text needs a migration of its own: name its file here.
func TestPostgresFunctionsAreCurrent(t *testing.T) {
	goldentest.File(t, "../../shared/postgres/migrations/00008_live.sql", postgresFunctions(), remedy)
	if t.Failed() {
		t.Log("databases that exist have run this migration: name a new one in this test, and write that")
	}
}
