package aggregate

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every file of sql is a statement of a script, one of the queries around it, or included in
// another file. A name without a file would panic, and so would an expression that only one
// warehouse has.
func TestEveryFileIsUsed(t *testing.T) {
	steps := slices.Concat(steps, withoutVoters(), rebuildSteps(), rebuildAllSteps())
	around := []string{"ballots_new", "poll", "portion", "progress", "shown_live", "shown_live_votes"}
	parts := []string{"fresh", "chain", "live_changes", "live_arrivals"} // of other texts
	for _, tt := range []struct {
		dialect
		parts []string
		more  []string // steps
	}{
		{googleSQL, append(parts, "recent"), nil},
		{postgreSQL, append(parts, "partitions", "above", "temporary"), PostgresSteps()},
	} {
		used := slices.Concat(around, tt.parts)
		for _, name := range slices.Concat(steps, around, tt.more) {
			if !slices.Contains(tt.lacks, name) {
				tt.statement(name)
				used = append(used, tt.partsOf(name)...)
			}
		}
		own, shared := sqlNames(t, tt.Folder), sqlNames(t, "sql")
		used = slices.Concat(used, includedIn(t, tt.Folder), includedIn(t, "sql"))
		for _, name := range slices.Concat(own, shared) {
			if !slices.Contains(used, name) {
				t.Errorf("%s: no script runs %s.sql", tt.Folder, name)
			}
		}
		for _, name := range own {
			if slices.Contains(shared, name) {
				t.Errorf("sql/%s.sql is of both warehouses, and %s has another one", name, tt.Folder)
			}
		}
	}
}

var include = regexp.MustCompile(`{{include "(\w+)"`)

// includedIn are the names of the files that those of a folder include.
func includedIn(t *testing.T, folder string) (names []string) {
	for _, name := range sqlNames(t, folder) {
		text, err := fs.ReadFile(sqlFiles, path.Join(folder, name+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		for _, included := range include.FindAllStringSubmatch(string(text), -1) {
			names = append(names, included[1])
		}
	}
	return names
}

// sqlNames are the names of the files in a folder.
func sqlNames(t *testing.T, folder string) (names []string) {
	files, err := fs.Glob(sqlFiles, folder+"/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no statements: %v", folder, err)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(path.Base(f), ".sql"))
	}
	return names
}

// A step on PostgreSQL is one statement or several: a semicolon at the end of a line
// separates them, and stands nowhere else.
func TestPostgresStatements(t *testing.T) {
	for step, want := range map[string]int{"rebuild_forget": 3, "rebuild_settled": 2, "rebuild_all": 14, "contenders": 1, "rivals": 2, "settle": 2, "fresh_records": 3} {
		if got := PostgresStatements(step); len(got) != want {
			t.Errorf("%s is %d statements, want %d", step, len(got), want)
		}
	}
}
