package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func drop(s *gsql.ResolvedDropStmt) *resolved.DDL {
	kind := strings.ToUpper(must(s.ObjectType()))
	if kind == "PROCEDURE" {
		return dropRoutine("DROP_PROCEDURE", resolved.Procedure, s)
	}
	if kind == dataPolicy {
		return &resolved.DDL{Kind: "DROP_DATA_POLICY", Action: resolved.DropDataPolicy, Path: must(s.NamePath()), IfExists: must(s.IsIfExists())}
	}
	if kind == "EXTERNAL TABLE" {
		return &resolved.DDL{
			Kind: "DROP_EXTERNAL_TABLE", Action: resolved.DropTable, External: &resolved.External{}, Path: must(s.NamePath()), IfExists: must(s.IsIfExists()),
		}
	}
	action, ok := map[string]resolved.DDLAction{"TABLE": resolved.DropTable, "VIEW": resolved.DropView, "SCHEMA": resolved.DropSchema}[kind]
	if !ok {
		bqerror.Refuse("DROP %s", kind)
	}
	return &resolved.DDL{
		Kind: "DROP_" + kind, Action: action, Path: must(s.NamePath()),
		IfExists: must(s.IsIfExists()), Cascade: must(s.DropMode()) == gsql.ResolvedDropStmtEnums_DropModeCascade,
	}
}

// dropping is what statements have in common that drop routines.
type dropping interface {
	NamePath() ([]string, error)
	IsIfExists() (bool, error)
}

func dropRoutine(kind string, routine resolved.RoutineKind, s dropping) *resolved.DDL {
	return &resolved.DDL{
		Kind: kind, Action: resolved.DropRoutine, Path: must(s.NamePath()), IfExists: must(s.IsIfExists()),
		Routine: &resolved.RoutineDefinition{Kind: routine},
	}
}
