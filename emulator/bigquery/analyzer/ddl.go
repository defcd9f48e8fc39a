package analyzer

import (
	"cmp"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// ddl copies a statement that changes the catalog; nil for another.
func (c *converter) ddl(stmt gsql.ResolvedStatementNode) *resolved.DDL {
	return cmp.Or(c.createStatement(stmt), dropStatement(stmt), c.alterStatement(stmt), c.grantStatement(stmt))
}

// createStatement copies a CREATE statement, or a LOAD DATA, which may create its table; nil for another.
func (c *converter) createStatement(stmt gsql.ResolvedStatementNode) *resolved.DDL {
	switch s := stmt.(type) {
	case *gsql.ResolvedCreateTableStmt:
		return c.createTable(s)
	case *gsql.ResolvedCreateTableAsSelectStmt:
		return c.createTableAs(s)
	case *gsql.ResolvedAuxLoadDataStmt:
		return c.loadData(s)
	case *gsql.ResolvedCreateExternalTableStmt:
		return c.createExternalTable(s)
	case *gsql.ResolvedCreateSnapshotTableStmt:
		return c.createSnapshotTable(s)
	case *gsql.ResolvedCreateViewStmt:
		return c.createView("CREATE_VIEW", s, s.ResolvedCreateViewBase)
	case *gsql.ResolvedCreateMaterializedViewStmt:
		d := c.createView("CREATE_MATERIALIZED_VIEW", s, s.ResolvedCreateViewBase)
		d.Materialized = true
		return d
	case *gsql.ResolvedCreateSchemaStmt:
		return c.createSchema(s)
	case *gsql.ResolvedCreateTableFunctionStmt:
		return c.createTableFunction(s)
	case *gsql.ResolvedCreateProcedureStmt:
		return c.createProcedure(s)
	case *gsql.ResolvedCreateRowAccessPolicyStmt:
		return c.createRowAccessPolicy(s)
	case *gsql.ResolvedCreateEntityStmt: // DATA_POLICY is the only type
		return c.createDataPolicy(s)
	case *gsql.ResolvedCreateIndexStmt:
		return c.createIndex(s)
	}
	return nil
}

// dropStatement copies a DROP statement; nil for another.
func dropStatement(stmt gsql.ResolvedStatementNode) *resolved.DDL {
	switch s := stmt.(type) {
	case *gsql.ResolvedDropTableFunctionStmt:
		return dropRoutine("DROP_TABLE_FUNCTION", resolved.TableFunction, s)
	case *gsql.ResolvedDropFunctionStmt:
		return dropRoutine("DROP_FUNCTION", resolved.ScalarFunction, s)
	case *gsql.ResolvedDropRowAccessPolicyStmt:
		return dropRowAccessPolicy(s)
	case *gsql.ResolvedDropIndexStmt:
		return dropIndex(s)
	case *gsql.ResolvedDropMaterializedViewStmt:
		return &resolved.DDL{
			Kind: "DROP_MATERIALIZED_VIEW", Action: resolved.DropView, Materialized: true, Path: must(s.NamePath()), IfExists: must(s.IsIfExists()),
		}
	case *gsql.ResolvedDropStmt:
		return drop(s)
	case *gsql.ResolvedDropSnapshotTableStmt:
		return &resolved.DDL{
			Kind: "DROP_SNAPSHOT_TABLE", Action: resolved.DropTable, Snapshot: true, Path: must(s.NamePath()), IfExists: must(s.IsIfExists()),
		}
	}
	return nil
}

// alterStatement copies an ALTER statement; nil for another.
func (c *converter) alterStatement(stmt gsql.ResolvedStatementNode) *resolved.DDL {
	switch s := stmt.(type) {
	case *gsql.ResolvedAlterEntityStmt:
		return c.alter("ALTER_DATA_POLICY", resolved.AlterDataPolicy, s)
	case *gsql.ResolvedAlterTableStmt:
		return c.alter("ALTER_TABLE", resolved.AlterTable, s)
	case *gsql.ResolvedAlterViewStmt:
		return c.alter("ALTER_VIEW", resolved.AlterView, s)
	case *gsql.ResolvedAlterMaterializedViewStmt:
		d := c.alter("ALTER_MATERIALIZED_VIEW", resolved.AlterView, s)
		d.Materialized = true
		return d
	case *gsql.ResolvedAlterSchemaStmt:
		return c.alter("ALTER_SCHEMA", resolved.AlterSchema, s)
	}
	return nil
}

// grantStatement copies a GRANT or a REVOKE; nil for another.
func (c *converter) grantStatement(stmt gsql.ResolvedStatementNode) *resolved.DDL {
	switch s := stmt.(type) {
	case *gsql.ResolvedGrantStmt:
		return c.grant("GRANT", s)
	case *gsql.ResolvedRevokeStmt:
		return c.grant("REVOKE", s)
	}
	return nil
}

// created is what CREATE statements have in common.
type created interface {
	NamePath() ([]string, error)
	CreateMode() (gsql.ResolvedCreateStatementEnums_CreateMode, error)
	CreateScope() (gsql.ResolvedCreateStatementEnums_CreateScope, error)
}

func create(kind string, action resolved.DDLAction, s created) *resolved.DDL {
	mode := must(s.CreateMode())
	return &resolved.DDL{
		Kind: kind, Action: action, Path: must(s.NamePath()),
		Temporary:   must(s.CreateScope()) == gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp,
		Replace:     mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateOrReplace,
		IfNotExists: mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateIfNotExists,
	}
}
