package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// granting is what GRANT and REVOKE have.
type granting interface {
	ObjectTypeList() ([]string, error)
	NamePath() ([]string, error)
	PrivilegeList() ([]*gsql.ResolvedPrivilege, error)
	GranteeList() ([]string, error)
	GranteeExprList() ([]gsql.ResolvedExprNode, error)
}

func (c *converter) grant(kind string, s granting) *resolved.DDL {
	object := strings.ToUpper(strings.Join(must(s.ObjectTypeList()), " "))
	if object != "SCHEMA" && object != "DATASET" {
		bqerror.Refuse("%s on a %s", kind, object)
	}
	g := &resolved.Grant{Revoke: kind == "REVOKE", Grantees: c.grantees(must(s.GranteeList()), must(s.GranteeExprList()))}
	for _, p := range must(s.PrivilegeList()) {
		g.Roles = append(g.Roles, must(p.ActionType()))
	}
	return &resolved.DDL{Kind: kind, Action: resolved.GrantRoles, Path: must(s.NamePath()), Grant: g}
}

// grantees are those that a statement names.
func (c *converter) grantees(names []string, exprs []gsql.ResolvedExprNode) []string {
	if len(names) > 0 {
		return names
	}
	for _, e := range exprs {
		if name, ok := c.constant(e).(string); ok {
			names = append(names, name)
		}
	}
	return names
}
