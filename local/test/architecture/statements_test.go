package architecture

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// statementFile is the name, without .go, of the files that hold a kind of statements.
func statementFile(kind string) string {
	switch verb, object, _ := strings.Cut(kind, "_"); {
	case kind == "SELECT":
		return "query"
	case object == "TRANSACTION":
		return "transaction"
	case verb == "TRUNCATE", verb == "ALTER", verb == "DROP":
		return strings.ToLower(verb)
	case strings.HasSuffix(kind, "_FUNCTION"), strings.HasSuffix(kind, "_PROCEDURE"):
		return "create_function"
	case strings.HasSuffix(kind, "_INDEX"):
		return "create_index"
	case strings.HasSuffix(kind, "_VIEW"):
		return "create_view"
	case kind == "REVOKE":
		return "grant"
	case kind == "CREATE_TABLE_AS_SELECT":
		return "create_table"
	}
	return strings.ToLower(kind)
}

// statementLayers are the packages of emulator/bigquery with a file of that name. What a
// statement of rows does in the engine is the same for all (dml.go), and those of the
// catalog share a struct (resolved/ddl.go) and need no translation.
func statementLayers(file string) []string {
	switch file {
	case "script": // is split into the others
		return []string{"analyzer", "engine"}
	case "query", "export_data":
		return []string{"resolved", "analyzer", "translate", "engine"}
	case "insert", "update", "delete", "merge", "truncate":
		return []string{"resolved", "analyzer", "translate"}
	case "transaction", "assert":
		return []string{"resolved", "analyzer", "engine"}
	case "create_function":
		return []string{"resolved", "analyzer"}
	}
	return []string{"analyzer", "engine"}
}

// Every kind of statements stands in files of one name, in each layer that it goes
// through.
func TestStatementsHaveTheirFiles(t *testing.T) {
	bigquery := filepath.Join("..", "..", "..", "emulator", "bigquery")
	for _, kind := range resolved.Kinds {
		file := statementFile(kind)
		for _, layer := range statementLayers(file) {
			if _, err := os.Stat(filepath.Join(bigquery, layer, file+".go")); err != nil {
				t.Errorf("%s: emulator/bigquery/%s/%s.go should hold it: %v", kind, layer, file, err)
			}
		}
	}
	// No layer has a file for a statement that isn't a kind.
	var files []string
	for _, kind := range resolved.Kinds {
		files = append(files, statementFile(kind))
	}
	for _, layer := range []string{"resolved", "analyzer", "translate", "engine"} {
		for _, verb := range []string{"create_", "drop", "alter", "insert", "update", "delete", "merge.", "truncate"} {
			found, err := filepath.Glob(filepath.Join(bigquery, layer, verb+"*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range found {
				if name := strings.TrimSuffix(filepath.Base(path), ".go"); !strings.HasSuffix(name, "_test") && !slices.Contains(files, name) {
					t.Errorf("emulator/bigquery/%s/%s.go is named after no kind of statements", layer, name)
				}
			}
		}
	}
}
