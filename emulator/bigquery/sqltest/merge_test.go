package sqltest

import "testing"

// A MERGE that updates rows which the source doesn't have keeps their nested
// values. DuckDB's own MERGE ends the process there, in some of a hundred times.
func TestMergeUpdatesBySource(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for range 100 {
		for _, sql := range []string{
			"CREATE OR REPLACE TABLE d.nested (id INT64, amount INT64, tags ARRAY<INT64>, s STRUCT<x INT64, y STRING>)",
			"INSERT INTO d.nested VALUES (1, 10, [1, 2], (1, 'p')), (2, 20, [3], NULL), (3, 30, [7], (9, 'z'))",
		} {
			answer(e, sql)
		}
		merge := `MERGE d.nested t USING (SELECT 1 AS id, 100 AS amount UNION ALL SELECT 9, 900) s ON t.id = s.id
			WHEN MATCHED THEN UPDATE SET amount = s.amount
			WHEN NOT MATCHED BY TARGET THEN INSERT (id, amount) VALUES (id, amount)
			WHEN NOT MATCHED BY SOURCE AND t.id = 2 THEN DELETE
			WHEN NOT MATCHED BY SOURCE THEN UPDATE SET amount = 0`
		if got, want := answer(e, merge), "inserted 1, updated 2, deleted 1"; got != want {
			t.Fatalf("MERGE: %s, want %s", got, want)
		}
		got := answer(e, "SELECT id, amount, tags, s FROM d.nested ORDER BY id")
		if want := "[[1 100 [1 2] [1 p]] [3 0 [7] [9 z]] [9 900 [] <nil>]]"; got != want {
			t.Fatalf("after the MERGE %s, want %s", got, want)
		}
	}
}
