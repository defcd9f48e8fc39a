package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// dataPolicy is the type of entities by which the grammar has statements on data policies.
const dataPolicy = "DATA_POLICY"

func (c *converter) createDataPolicy(s *gsql.ResolvedCreateEntityStmt) *resolved.DDL {
	d := create("CREATE_DATA_POLICY", resolved.CreateDataPolicy, s)
	d.Options = c.constants(must(s.OptionList()))
	return d
}
