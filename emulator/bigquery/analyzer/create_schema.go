package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) createSchema(s *gsql.ResolvedCreateSchemaStmt) *resolved.DDL {
	d := create("CREATE_SCHEMA", resolved.CreateSchema, s)
	d.Collation = c.collationOf(must(s.CollationName()))
	d.Options = c.constants(must(s.OptionList()))
	return d
}
