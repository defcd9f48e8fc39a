package job

import (
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// The dispositions that jobs of a kind have
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job).
var (
	writeDispositions = map[string][]string{
		"query": {"WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA", "WRITE_APPEND", "WRITE_EMPTY"},
		"load":  {"WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA", "WRITE_APPEND", "WRITE_EMPTY"},
		"copy":  {"WRITE_TRUNCATE", "WRITE_APPEND", "WRITE_EMPTY"},
	}
	createDispositions = []string{"CREATE_IF_NEEDED", "CREATE_NEVER"}
	schemaUpdates      = []string{"ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"}
)

// CheckDispositions refuses dispositions and schema update options that a job of a kind,
// as configurations name it, doesn't have.
func CheckDispositions(kind, write, create string, updates []string, table string) error {
	if write != "" && !slices.Contains(writeDispositions[kind], write) {
		return wire.Invalid("Invalid value for configuration.%s.writeDisposition: %q is not one of %s", kind, write, strings.Join(writeDispositions[kind], ", "))
	}
	if create != "" && !slices.Contains(createDispositions, create) {
		return wire.Invalid("Invalid value for configuration.%s.createDisposition: %q is not one of %s", kind, create, strings.Join(createDispositions, ", "))
	}
	for _, u := range updates {
		if !slices.Contains(schemaUpdates, u) {
			return wire.Invalid("Invalid value for configuration.%s.schemaUpdateOptions: %q is not one of %s", kind, u, strings.Join(schemaUpdates, ", "))
		}
	}
	truncates := strings.HasPrefix(write, "WRITE_TRUNCATE")
	appends := write == "WRITE_APPEND" || write == "" && kind == "load"
	if len(updates) > 0 && !appends && !(truncates && (strings.Contains(table, "$") || write == "WRITE_TRUNCATE_DATA")) {
		return wire.Invalid("Schema update options should only be specified with WRITE_APPEND disposition, or with WRITE_TRUNCATE disposition on a table partition.")
	}
	return nil
}
