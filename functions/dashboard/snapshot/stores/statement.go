package stores

import (
	"embed"
	"text/template"

	"github.com/tallystream/tallystream/shared/sqltemplate"
)

//go:embed sql
var files embed.FS

// The statements of each warehouse. Those of BigQuery are parts of one statement, in which a
// query is an array of STRUCT.
var (
	googleSQL = sqltemplate.GoogleSQL(files, "sql/bigquery", template.FuncMap{
		"struct":   func() string { return " AS STRUCT" },
		"furthest": func(x string) string { return x },
	})
	postgreSQL = sqltemplate.PostgreSQL(files, "sql/postgres", template.FuncMap{
		"struct":   func() string { return "" },
		"furthest": func(x string) string { return "GREATEST(k.furthest, " + x + ")" },
	})
)
