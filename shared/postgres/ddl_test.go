package postgres

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/goldentest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Two migrations are the generated DDL: of the tables and of the views.
func TestMigrationsAreTheDDL(t *testing.T) {
	for file, ddl := range map[string]string{"migrations/00001_tables.sql": DDL(), "migrations/00004_views.sql": ViewDDL()} {
		goldentest.File(t, file, "-- +goose Up\n"+ddl, "databases that exist have run it; add a migration that makes the same change there, then run go test ./shared/postgres -update")
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
