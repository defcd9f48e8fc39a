package catalog

import (
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Indexes are there after a restart, and go with their table.
func TestIndexesLast(t *testing.T) {
	file, ref := filepath.Join(t.TempDir(), "catalog.duckdb"), Ref{"p", "d", "t"}
	c, db := open(t, file)
	err := c.Change(t.Context(), func(tx *Tx) error {
		if err := create(tx); err != nil {
			return err
		}
		for _, vector := range []bool{false, true} {
			if err := tx.PutIndex(ref, &Index{Name: "i", Vector: vector, Columns: []string{"k"}}); err != nil {
				return err
			}
		}
		return tx.DropIndex(ref, "i", true)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c, db = open(t, file)
	defer db.Close()
	found, err := c.Table(ref)
	if err != nil || len(found.Indexes) != 1 || found.Index("i", false) == nil || found.Index("i", true) != nil {
		t.Fatalf("the table has the indexes %v (%v), want the search index i", found.Indexes, err)
	}
	err = c.Change(t.Context(), func(tx *Tx) error {
		if err := tx.DropIndex(ref, "j", false); !bqerror.IsNotFound(err) {
			t.Errorf("drop of an index that isn't there: %v", err)
		}
		return tx.DropTable(ref)
	})
	if err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM meta.indexes").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows of indexes are left (%v)", left, err)
	}
}
