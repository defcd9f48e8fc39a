package infoschema

import (
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// keyName is the name that BigQuery gives to the primary key of a table.
func keyName(t *catalog.Table) string { return t.Ref.Table + ".pk$" }

// primaryKeys makes rows for the tables that have a primary key, of its columns.
func primaryKeys(datasets []*catalog.Dataset, f func(t *catalog.Table, columns []string) [][]any) [][]any {
	return each(datasets, (*catalog.Dataset).Tables, func(t *catalog.Table) [][]any {
		if c := t.Resource.TableConstraints; c != nil && c.PrimaryKey != nil {
			return f(t, c.PrimaryKey.Columns)
		}
		return nil
	})
}

func constraintRows(datasets []*catalog.Dataset) [][]any {
	return primaryKeys(datasets, func(t *catalog.Table, _ []string) [][]any {
		return [][]any{{
			t.Ref.Project, t.Ref.Dataset, keyName(t), t.Ref.Project, t.Ref.Dataset, t.Ref.Table, "PRIMARY KEY", "NO", "NO", "NO",
		}}
	})
}

func keyUsageRows(datasets []*catalog.Dataset) [][]any {
	return primaryKeys(datasets, func(t *catalog.Table, columns []string) (rows [][]any) {
		for i, c := range columns {
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, keyName(t), t.Ref.Project, t.Ref.Dataset, t.Ref.Table, c, i + 1, nil})
		}
		return rows
	})
}

func constraintUsageRows(datasets []*catalog.Dataset) [][]any {
	return primaryKeys(datasets, func(t *catalog.Table, columns []string) (rows [][]any) {
		for _, c := range columns {
			rows = append(rows, []any{t.Ref.Project, t.Ref.Dataset, t.Ref.Table, c, t.Ref.Project, t.Ref.Dataset, keyName(t)})
		}
		return rows
	})
}
