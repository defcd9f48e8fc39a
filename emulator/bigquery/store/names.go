package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The lengths of names: of datasets and tables in bytes of UTF-8, of columns in
// characters (https://cloud.google.com/bigquery/docs/tables#table_naming,
// https://cloud.google.com/bigquery/docs/schemas#column_names).
const (
	mostOfID     = 1024
	mostOfColumn = 300
)

// checkDatasetID refuses an id that BigQuery doesn't take for a dataset.
func checkDatasetID(id string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	if id == "" || len(id) > mostOfID || strings.Trim(id, letters) != "" {
		return bqerror.Invalid("Invalid dataset ID %q. Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.", id)
	}
	return nil
}

// checkTableID refuses an id that BigQuery doesn't take for a new table: it has letters,
// marks, numbers, connectors, dashes and spaces of Unicode.
func checkTableID(id string) error {
	allowed := func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Pc, unicode.Pd, unicode.Zs)
	}
	if id == "" || len(id) > mostOfID || !utf8.ValidString(id) || strings.TrimFunc(id, allowed) != "" || strings.ContainsFunc(id, func(r rune) bool { return !allowed(r) }) {
		return bqerror.Invalid("Invalid table ID %q. Table IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long. Also, Table decorators cannot be used.", id)
	}
	return nil
}

// reservedPrefixes are those of names that BigQuery keeps for itself, in upper case.
var reservedPrefixes = []string{"_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_SEQUENCE_NUMBER", "_CHANGE_TYPE", "_CHANGE_TIMESTAMP"}

// checkColumns refuses names that BigQuery doesn't take for the columns of a table or the
// fields of a STRUCT, and a name that two have.
func checkColumns(fields []*bqv2.TableFieldSchema) error {
	seen := map[string]bool{}
	for _, f := range fields {
		if err := checkColumn(f.Name); err != nil {
			return err
		}
		if seen[strings.ToLower(f.Name)] {
			return bqerror.Invalid("Duplicate column names in the schema: '%s'", f.Name)
		}
		seen[strings.ToLower(f.Name)] = true
		if err := checkColumns(f.Fields); err != nil {
			return err
		}
	}
	return nil
}

func checkColumn(name string) error {
	bad := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune("!\"$()*,./;?@[\\]^`{}~", r) }
	if name == "" || utf8.RuneCountInString(name) > mostOfColumn || strings.ContainsFunc(name, bad) {
		return bqerror.Invalid("Invalid field name %q. Fields must contain the allowed characters, and be at most 300 characters long.", name)
	}
	for _, prefix := range reservedPrefixes {
		if strings.HasPrefix(strings.ToUpper(name), prefix) {
			return bqerror.Invalid("Invalid field name %q. Field names are not allowed to start with the (case-insensitive) prefixes %s", name, strings.Join(reservedPrefixes, ", "))
		}
	}
	return nil
}
