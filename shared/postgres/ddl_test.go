package postgres

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/warehouse"
)

var update = flag.Bool("update", false, "write the migrations again that are generated")

// Two migrations are the generated DDL: of the tables and of the views.
func TestMigrationsAreTheDDL(t *testing.T) {
	for file, ddl := range map[string]string{"migrations/00001_tables.sql": DDL(), "migrations/00004_views.sql": ViewDDL()} {
		want := "-- +goose Up\n" + ddl
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
			t.Errorf("%s isn't what its files say. Databases that exist have run it: add a migration that makes the same change there, then run go test ./shared/postgres -update (-want +got):\n%s", file, diff)
		}
	}
}

// Every type of a column has one of PostgreSQL's, and each table its DDL.
func TestDDLHasAllTables(t *testing.T) {
	ddl := DDL()
	for _, table := range warehouse.Tables() {
		if !strings.Contains(ddl, "CREATE TABLE "+table.ID()+" (\n") {
			t.Errorf("no table %s", table.ID())
		}
		for _, f := range table.Fields {
			if columnTypes[f.Type] == "" {
				t.Errorf("%s.%s: no type for %s", table.ID(), f.Name, f.Type)
			}
		}
	}
}
