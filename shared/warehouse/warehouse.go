// Package warehouse has Tallystream's tables, views and table functions as files, creates
// them, and appends rows to the raw tables. The functions embed the files; Terraform reads
// the same ones.
//
// The queries of a stage are in the stage's own package.
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

// Datasets are the names of the datasets. Each depends only on those before it.
var Datasets = []string{"raw", "core", "analytics", "staging", "marts"}

// LogColumn is a column of core.ballots and core.voters on BigQuery: a number for the name
// of a partition, because BigQuery bills the name for all rows. Other warehouses lack it.
const LogColumn = "kafka_log"

//go:embed tables views functions
var files embed.FS

// A Table is one table as its schema file describes it.
type Table struct {
	Dataset string `json:"-"`
	Name    string `json:"-"`

	Description  string       `json:"description"`
	Partitioning Partitioning `json:"time_partitioning"`
	Clustering   []string     `json:"clustering"`
	Key          []string     `json:"key"` // no two rows are alike in these columns; empty if rows are only added
	Fields       []Field      `json:"schema"`
}

// Partitioning says by which column a table is partitioned. Type is HOUR or DAY if the
// functions set the column's time themselves, and MONTH if a record brings it. Records
// may be of the years 2000 to 2099 (functions/ingest). BigQuery allows 10,000 partitions
// a table, of which a statement may change 4,000.
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

// A View is one view. Its SQL names tables as ${project}.${prefix}dataset.table, so
// that Terraform's templatefile can fill them in too.
type View struct {
	Dataset, Name string
	Description   string
	SQL           string
}

// ID is dataset.view, as SQL names it.
func (v View) ID() string { return v.Dataset + "." + v.Name }

// Query is the view's SQL for a project, and a prefix of its datasets.
func (v View) Query(project, prefix string) string { return filledIn(v.SQL, project, prefix) }

func filledIn(sql, project, prefix string) string {
	return strings.NewReplacer("${project}", project, "${prefix}", prefix).Replace(sql)
}

// Tables returns all tables, ordered by dataset and name.
func Tables() []Table { return slices.Clone(tables()) }

// Views returns all views, in an order in which they can be created.
func Views() []View { return slices.Clone(views()) }

// TableNamed returns the table with an id of the form dataset.table. It panics if there
// is none: ids are constants of the program.
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
	for _, file := range list(files, "tables", ".json") {
		t := Table{Dataset: path.Base(path.Dir(file)), Name: strings.TrimSuffix(path.Base(file), ".json")}
		if err := json.Unmarshal(read(files, file), &t); err != nil {
			panic(fmt.Sprintf("warehouse: %s: %v", file, err))
		}
		all = append(all, t)
	}
	return all
})

var views = sync.OnceValue(func() []View { return ReadViews(files) })

// ReadViews returns the views whose files are in the folder views: DATASET/NAME.sql, a
// comment that describes the view and its query. They are in an order in which they can
// be created. It panics if the folder can't be read: it is embedded.
func ReadViews(files fs.FS) []View {
	var all []View
	for _, file := range list(files, "views", ".sql") {
		v := View{Dataset: path.Base(path.Dir(file)), Name: strings.TrimSuffix(path.Base(file), ".sql")}
		v.Description, v.SQL = splitComment(string(read(files, file)))
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b View) int {
		return slices.Index(Datasets, a.Dataset) - slices.Index(Datasets, b.Dataset)
	})
	return all
}

// splitComment separates a view's description, which is the comment at the beginning of
// its file, from its SQL.
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

// list returns the files of a folder with an extension.
func list(files fs.FS, dir, ext string) []string {
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

func read(files fs.FS, file string) []byte {
	data, err := fs.ReadFile(files, file)
	if err != nil {
		panic(fmt.Sprintf("warehouse: %v", err))
	}
	return data
}
