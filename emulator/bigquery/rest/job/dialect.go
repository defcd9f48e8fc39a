package job

import (
	"regexp"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// CheckDialect refuses a query in legacy SQL: one that a request declares so by useLegacySql, the
// text by its first line, or a table's name in brackets, which GoogleSQL has none of. A request
// that says nothing is taken for GoogleSQL
// (https://cloud.google.com/bigquery/docs/introduction-sql#changing_from_the_default_dialect).
func CheckDialect(sql string, useLegacy *bool) error {
	prefix := dialectPrefix.FindStringSubmatch(sql)
	table := ""
	if useLegacy == nil && prefix == nil {
		table = bracketed(sql)
	}
	switch {
	case prefix != nil && useLegacy != nil && *useLegacy != strings.EqualFold(prefix[1], "legacy"):
		return wire.Invalid("Query text specifies use_legacy_sql:%t, while API options specify:%t", !*useLegacy, *useLegacy)
	case prefix != nil && strings.EqualFold(prefix[1], "legacy"):
		return wire.NotSupported("Legacy SQL (#legacySQL)")
	case useLegacy != nil && *useLegacy:
		return wire.NotSupported("Legacy SQL (set useLegacySql to false)")
	case table != "":
		return wire.NotSupported("Legacy SQL, which the table [%s] is of (set useLegacySql to false),", table)
	}
	return nil
}

// dialectPrefix is the first line of a query that names its dialect.
var dialectPrefix = regexp.MustCompile(`(?i)^\s*#(legacy|standard)SQL[ \t\r]*(?:\n|$)`)

// nameOrQuoted finds quoted text, comments, and tables as legacy SQL names them.
var nameOrQuoted = regexp.MustCompile(`(?s)'''.*?'''|""".*?"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|` + "`[^`]*`" + `|--[^\n]*|#[^\n]*|/\*.*?\*/` +
	`|\b(?i:from|join)\s*\[\s*([\w:.$@-]+)\s*\]|\[\s*([\w.-]+:\w+\.[\w$@-]+)\s*\]`)

// bracketed is the first table that a query names in brackets, "" for none.
func bracketed(sql string) string {
	for _, m := range nameOrQuoted.FindAllStringSubmatch(sql, -1) {
		if name := m[1] + m[2]; name != "" {
			return name
		}
	}
	return ""
}
