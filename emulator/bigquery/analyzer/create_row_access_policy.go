package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) createRowAccessPolicy(s *gsql.ResolvedCreateRowAccessPolicyStmt) *resolved.DDL {
	mode := must(s.CreateMode())
	p := &resolved.RowPolicy{
		Name: must(s.Name()), Grantees: c.grantees(must(s.GranteeList()), must(s.GranteeExprList())), Filter: must(s.PredicateStr()),
	}
	return &resolved.DDL{
		Kind: "CREATE_ROW_ACCESS_POLICY", Action: resolved.CreateRowPolicy, Path: must(s.TargetNamePath()), RowPolicy: p,
		Replace:     mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateOrReplace,
		IfNotExists: mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateIfNotExists,
	}
}

// dropRowAccessPolicy drops one policy of a table, or all.
func dropRowAccessPolicy(s *gsql.ResolvedDropRowAccessPolicyStmt) *resolved.DDL {
	d := &resolved.DDL{
		Kind: "DROP_ROW_ACCESS_POLICY", Action: resolved.DropRowPolicy, Path: must(s.TargetNamePath()),
		IfExists: must(s.IsIfExists()), RowPolicy: &resolved.RowPolicy{Name: must(s.Name())},
	}
	if must(s.IsDropAll()) {
		d.Kind, d.RowPolicy = "DROP_ALL_ROW_ACCESS_POLICIES", &resolved.RowPolicy{}
	}
	return d
}
