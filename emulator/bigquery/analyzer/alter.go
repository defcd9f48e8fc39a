package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// altering is what ALTER statements have in common.
type altering interface {
	NamePath() ([]string, error)
	IsIfExists() (bool, error)
	AlterActionList() ([]gsql.ResolvedAlterActionNode, error)
}

func (c *converter) alter(kind string, action resolved.DDLAction, s altering) *resolved.DDL {
	d := &resolved.DDL{Kind: kind, Action: action, Path: must(s.NamePath()), IfExists: must(s.IsIfExists())}
	for _, a := range must(s.AlterActionList()) {
		d.Alter = append(d.Alter, c.alterAction(a))
	}
	return d
}

func (c *converter) alterAction(node gsql.ResolvedAlterActionNode) resolved.Alter {
	switch a := node.(type) {
	case *gsql.ResolvedAddColumnAction:
		column, options := c.definition(must(a.ColumnDefinition()))
		return resolved.Alter{Action: resolved.AddColumn, Column: column, Options: options, If: must(a.IsIfNotExists())}
	case *gsql.ResolvedDropColumnAction:
		return resolved.Alter{Action: resolved.DropColumn, Name: must(a.Name()), If: must(a.IsIfExists())}
	case *gsql.ResolvedRenameColumnAction:
		return resolved.Alter{Action: resolved.RenameColumn, Name: must(a.Name()), NewName: must(a.NewName()), If: must(a.IsIfExists())}
	case *gsql.ResolvedRenameToAction:
		path := must(a.NewPath())
		return resolved.Alter{Action: resolved.RenameTable, NewName: path[len(path)-1]}
	case *gsql.ResolvedSetOptionsAction:
		return resolved.Alter{Action: resolved.SetOptions, Options: c.options(must(a.OptionList()))}
	case *gsql.ResolvedAlterColumnOptionsAction:
		return resolved.Alter{Action: resolved.SetColumnOptions, Name: must(a.Column()), Options: c.constants(must(a.OptionList())), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnDropNotNullAction:
		return resolved.Alter{Action: resolved.DropNotNull, Name: must(a.Column()), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnSetDefaultAction:
		alter := resolved.Alter{Action: resolved.SetDefault, Name: must(a.Column()), If: must(a.IsIfExists())}
		alter.Column.Default = must(must(a.DefaultValue()).Sql())
		return alter
	case *gsql.ResolvedAlterColumnDropDefaultAction:
		return resolved.Alter{Action: resolved.DropDefault, Name: must(a.Column()), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnSetDataTypeAction:
		alter := resolved.Alter{Action: resolved.SetType, Name: must(a.Column()), If: must(a.IsIfExists())}
		alter.Column = types.Field{Name: alter.Name, Type: typeOf(must(a.UpdatedType()))}
		if n := must(a.UpdatedAnnotations()); n != nil {
			limit(&alter.Column, must(n.GetFullTypeParameters(must(a.UpdatedType()))))
			alter.Column.Type = types.Collated(alter.Column.Type, c.collationOf(must(n.CollationName())))
		}
		return alter
	case *gsql.ResolvedAddConstraintAction:
		if k, ok := must(a.Constraint()).(*gsql.ResolvedPrimaryKey); ok {
			return resolved.Alter{Action: resolved.AddPrimaryKey, Names: primaryKey(k), If: must(a.IsIfNotExists())}
		}
	case *gsql.ResolvedSetCollateClause:
		return resolved.Alter{Action: resolved.SetCollation, Name: c.collationOf(must(a.CollationName()))}
	case *gsql.ResolvedDropPrimaryKeyAction:
		return resolved.Alter{Action: resolved.DropPrimaryKey, If: must(a.IsIfExists())}
	}
	bqerror.Refuse("ALTER with %s", strings.TrimPrefix(must(node.NodeKindString()), "Resolved"))
	return resolved.Alter{}
}
