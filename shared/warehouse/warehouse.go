// Package warehouse describes Tallystream's tables and views, once, for
// everyone: Terraform reads the same files, the functions embed them, and the
// tests check both.
//
// It holds no queries of the stages: those stand beside the stage that runs
// them.
package warehouse

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Datasets in the order in which they depend on each other.
var Datasets = []string{"raw", "core", "analytics", "staging", "marts"}

//go:embed tables views
var files embed.FS

// A Table is one table as its schema file describes it.
type Table struct {
	Dataset string `json:"-"`
	Name    string `json:"-"`

	Description  string       `json:"description"`
	Partitioning Partitioning `json:"time_partitioning"`
	Clustering   []string     `json:"clustering"`
	Fields       []Field      `json:"schema"`
}

// Partitioning says by which column a table is partitioned, and how finely: HOUR
// or DAY of a time that the functions set themselves, MONTH of one that a record
// brings. Records may be of the years 2000 to 2099 (functions/ingest), and BigQuery
// allows 10,000 partitions a table and 4,000 that a statement changes.
type Partitioning struct {
	Type  string `json:"type"`
	Field string `json:"field"`
}

// A Field is one column. Mode is REQUIRED or NULLABLE.
type Field struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Mode        string `json:"mode"`
	Description string `json:"description"`
}

// Required reports whether the column takes no NULL.
func (f Field) Required() bool { return f.Mode == "REQUIRED" }

// ID is dataset.table, as SQL names it.
func (t Table) ID() string { return t.Dataset + "." + t.Name }

// A View is one view. Its SQL names tables as ${project}.dataset.table, which is
// how Terraform's templatefile fills it in too.
type View struct {
	Dataset, Name string
	Description   string
	SQL           string
}

// ID is dataset.view, as SQL names it.
func (v View) ID() string { return v.Dataset + "." + v.Name }

// Query is the view's SQL with the project filled in.
func (v View) Query(project string) string {
	return strings.ReplaceAll(v.SQL, "${project}", project)
}

// Tables returns every table, ordered by dataset and name.
func Tables() []Table { return slices.Clone(tables()) }

// Views returns every view in an order in which they can be created.
func Views() []View { return slices.Clone(views()) }

// TableNamed returns the table with that dataset.table id. It panics when there
// is none: the names are constants of the program.
func TableNamed(id string) Table {
	for _, t := range tables() {
		if t.ID() == id {
			return t
		}
	}
	panic(fmt.Sprintf("warehouse: no table %q", id))
}

var tables = sync.OnceValue(func() []Table {
	var all []Table
	for _, file := range list("tables", ".json") {
		t := Table{Dataset: path.Base(path.Dir(file)), Name: strings.TrimSuffix(path.Base(file), ".json")}
		if err := json.Unmarshal(read(file), &t); err != nil {
			panic(fmt.Sprintf("warehouse: %s: %v", file, err))
		}
		all = append(all, t)
	}
	return all
})

// A view's file begins with its description, as comment lines.
var views = sync.OnceValue(func() []View {
	var all []View
	for _, file := range list("views", ".sql") {
		v := View{Dataset: path.Base(path.Dir(file)), Name: strings.TrimSuffix(path.Base(file), ".sql")}
		v.Description, v.SQL = splitComment(string(read(file)))
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b View) int {
		return slices.Index(Datasets, a.Dataset) - slices.Index(Datasets, b.Dataset)
	})
	return all
})

func splitComment(text string) (comment, sql string) {
	var words []string
	for {
		line, rest, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(line, "--") {
			return strings.Join(words, " "), strings.TrimSpace(text)
		}
		words = append(words, strings.TrimSpace(strings.TrimPrefix(line, "--")))
		text = rest
	}
}

func list(dir, ext string) []string {
	var found []string
	err := fs.WalkDir(files, dir, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(file) == ext {
			found = append(found, file)
		}
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("warehouse: %v", err))
	}
	return found
}

func read(file string) []byte {
	data, err := files.ReadFile(file)
	if err != nil {
		panic(fmt.Sprintf("warehouse: %v", err))
	}
	return data
}
