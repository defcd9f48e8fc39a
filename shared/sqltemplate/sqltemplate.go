// Package sqltemplate fills in statements that run on more than one kind of warehouse.
//
// A folder has the statements that all kinds run, as templates (text/template). A folder within
// it has those that one kind writes in its own way. What differs within a statement is an
// expression that each kind has, {{hour "window_start"}}, or a file of its own that the
// statement includes, {{include "counted" . | indent 2}}.
package sqltemplate

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"text/template"
)

// A Dialect is the SQL of one kind of warehouse.
type Dialect struct {
	Files fs.FS
	// Folder is the folder of the files of this warehouse, in that of all: sql/postgres.
	Folder string
	// Expressions are the functions that templates call. Each takes and returns SQL.
	Expressions template.FuncMap
}

// GoogleSQL returns the dialect of BigQuery. Its expressions are those of all statements, which
// take compound arguments without parentheses, and more.
func GoogleSQL(files fs.FS, folder string, more template.FuncMap) Dialect {
	expressions := template.FuncMap{
		"minute":   func(x string) string { return "TIMESTAMP_TRUNC(" + x + ", MINUTE)" },
		"hour":     func(x string) string { return "TIMESTAMP_TRUNC(" + x + ", HOUR)" },
		"integer":  func(x string) string { return x },
		"quotient": func(a, b string) string { return "DIV(" + a + ", " + b + ")" },
		"ratio":    func(a, b string) string { return "SAFE_DIVIDE(" + a + ", " + b + ")" },
	}
	maps.Copy(expressions, more)
	return Dialect{Files: files, Folder: folder, Expressions: expressions}
}

// PostgreSQL returns the dialect of PostgreSQL. Its expressions are those of all statements,
// which take compound arguments without parentheses, and more. A sum of bigint is numeric, and
// integer makes a bigint of it.
func PostgreSQL(files fs.FS, folder string, more template.FuncMap) Dialect {
	expressions := template.FuncMap{
		"minute":   func(x string) string { return "date_trunc('minute', " + x + ", 'UTC')" },
		"hour":     func(x string) string { return "date_trunc('hour', " + x + ", 'UTC')" },
		"integer":  func(x string) string { return "(" + x + ")::bigint" },
		"quotient": func(a, b string) string { return "((" + a + ") / (" + b + "))" },
		"ratio": func(a, b string) string {
			return "((" + a + ")::double precision / nullif(" + b + ", 0)::double precision)"
		},
	}
	maps.Copy(expressions, more)
	return Dialect{Files: files, Folder: folder, Expressions: expressions}
}

// Text returns the text of NAME.sql without the space around it, filled in with data. A file
// that it includes gets the data that it is handed: . is all. Text panics where there is no
// such file, or it is no template: the files are compiled in.
func (d Dialect) Text(name string, data any) string {
	functions := template.FuncMap{"include": d.Text, "indent": indent}
	maps.Copy(functions, d.Expressions)
	var b strings.Builder
	if err := template.Must(template.New(name).Funcs(functions).Parse(d.file(name))).Execute(&b, data); err != nil {
		panic(fmt.Sprintf("sqltemplate: %v", err))
	}
	return b.String()
}

// file returns the text of a file of this warehouse, or of all.
func (d Dialect) file(name string) string {
	text, err := fs.ReadFile(d.Files, path.Join(d.Folder, name+".sql"))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = fs.ReadFile(d.Files, path.Join(path.Dir(d.Folder), name+".sql"))
	}
	if err != nil {
		panic(fmt.Sprintf("sqltemplate: %v", err))
	}
	return strings.TrimSpace(string(text))
}

// indent moves each line to the right.
func indent(spaces int, text string) string {
	before := strings.Repeat(" ", spaces)
	return before + strings.ReplaceAll(text, "\n", "\n"+before)
}
