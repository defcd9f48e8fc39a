package store

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// PhysicalDDL creates the physical table of t.
func (s *Store) PhysicalDDL(t *catalog.Table) (string, error) {
	columns := make([]string, 0, len(t.Columns)+1)
	for _, c := range t.Columns {
		def, err := s.ColumnDDL(c)
		if err != nil {
			return "", err
		}
		columns = append(columns, def)
	}
	if t.Ingestion {
		columns = append(columns, types.Quote(catalog.PartitionTime)+" TIMESTAMP")
	}
	if t.IsExternal() {
		columns = append(columns, types.Quote(catalog.FileName)+" VARCHAR")
	}
	if len(columns) == 0 {
		columns = append(columns, types.Quote(noColumns)+" BOOLEAN") // DuckDB has no table without columns
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", t.Physical(), strings.Join(columns, ", ")), nil
}

// noColumns is the physical column of a table that has none yet.
const noColumns = "_none"

// ColumnDDL is a column in a CREATE TABLE of DuckDB.
func (s *Store) ColumnDDL(c types.Field) (string, error) {
	def := types.Quote(c.Name) + " " + c.Type.DuckDB()
	if c.Default != "" {
		expr, err := translate.Default(s.analyzer, c.Default, c.Type)
		if err != nil {
			return "", err
		}
		def += " DEFAULT (" + expr + ")"
	}
	if c.Required {
		def += " NOT NULL"
	}
	return def, nil
}
