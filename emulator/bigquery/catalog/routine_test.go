package catalog

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func routine(name, kind, body string, change ...func(*bqv2.Routine)) *bqv2.Routine {
	r := &bqv2.Routine{
		RoutineReference: &bqv2.RoutineReference{ProjectId: "p", DatasetId: "d", RoutineId: name}, RoutineType: kind, DefinitionBody: body,
		Arguments: []*bqv2.Argument{{Name: "n", DataType: &bqv2.StandardSqlDataType{TypeKind: "INT64"}}},
	}
	for _, f := range change {
		f(r)
	}
	return r
}

func TestCreateStatements(t *testing.T) {
	text := &bqv2.StandardSqlDataType{TypeKind: "STRING"}
	for want, r := range map[string]*bqv2.Routine{
		"CREATE FUNCTION `p`.`d`.`f`(`n` INT64) AS (\nn\n)": routine("f", "SCALAR_FUNCTION", "n"),
		"CREATE FUNCTION `p`.`d`.`f`(`n` INT64) RETURNS STRING AS (\n'x' -- the end\n)": routine("f", "SCALAR_FUNCTION", "'x' -- the end",
			func(r *bqv2.Routine) { r.ReturnType = text }),
		"CREATE TABLE FUNCTION `p`.`d`.`f`(`n` INT64) RETURNS TABLE<`s` STRING> AS (\nSELECT 'x' AS s\n)": routine("f", "TABLE_VALUED_FUNCTION", "SELECT 'x' AS s",
			func(r *bqv2.Routine) {
				r.ReturnTableType = &bqv2.StandardSqlTableType{Columns: []*bqv2.StandardSqlField{{Name: "s", Type: text}}}
			}),
		"CREATE PROCEDURE `p`.`d`.`f`(OUT `n` INT64)\nBEGIN END": routine("f", "PROCEDURE", "BEGIN END", func(r *bqv2.Routine) { r.Arguments[0].Mode = "OUT" }),
	} {
		got, err := newRoutine(1, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Create != want {
			t.Errorf("%s\nwant %s", got.Create, want)
		}
	}
}

// Routines are there after a restart; one that is replaced has another number and
// fingerprint; a dataset forgets them when it goes.
func TestRoutinesLast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "catalog.duckdb")
	c, db := open(t, file)
	columns := []types.Field{{Name: "k", Type: types.ArrayOf(types.Of(types.Date))}}
	err := c.Change(t.Context(), func(tx *Tx) error {
		if err := tx.PutDataset(dataset); err != nil {
			return err
		}
		for _, body := range []string{"old", "new"} {
			if _, err := tx.PutRoutine(routine("f", "TABLE_VALUED_FUNCTION", body), columns); err != nil {
				return err
			}
		}
		_, err := tx.PutRoutine(routine("a", "SCALAR_FUNCTION", "1"), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f := Ref{"p", "d", "f"}
	before, err := c.Routine(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	c, db = open(t, file)
	defer db.Close()
	d, err := c.Dataset(f.DatasetRef())
	if err != nil || len(d.Routines()) != 2 || d.Routines()[0].Ref.Table != "a" {
		t.Fatalf("after a restart: %+v, %v", d, err)
	}
	after := d.Routines()[1]
	if diff := cmp.Diff(columns, after.Columns); diff != "" || after.Resource.DefinitionBody != "new" || after.ID != before.ID || after.Fingerprint() != before.Fingerprint() {
		t.Errorf("%+v, columns (-want +got):\n%s", after, diff)
	}
	err = c.Change(t.Context(), func(tx *Tx) error {
		replaced, err := tx.PutRoutine(after.Resource, columns)
		if err != nil || replaced.Fingerprint() == after.Fingerprint() {
			t.Errorf("replaced: %+v, %v", replaced, err)
		}
		return tx.DropRoutine(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Routine(f); !bqerror.IsNotFound(err) {
		t.Errorf("a routine that was dropped: %v", err)
	}
	if len(d.Routines()) != 2 {
		t.Error("who has the dataset of before sees the change")
	}
}
