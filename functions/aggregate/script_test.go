package aggregate

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

// Every file of sql is part of a script or one of the queries around it. A name
// without a file would panic.
func TestEveryFileIsUsed(t *testing.T) {
	steps := slices.Concat(steps, withoutVoters(), rebuildSteps(), rebuildAllSteps())
	around := []string{"ballots_new", "poll", "portion", "progress", "shown_live", "shown_live_votes"}
	parts := []string{"fresh", "chain", "live_changes", "live_arrivals"} // of other texts
	for _, tt := range []struct {
		dialect
		parts []string
		more  []string // steps
	}{
		{googleSQL, append(parts, "logs", "recent"), nil},
		{postgreSQL, append(parts, "partitions", "above", "portrait", "ranking", "temporary"), PostgresSteps()},
	} {
		used := slices.Concat(around, tt.parts)
		for _, name := range slices.Concat(steps, around, tt.more) {
			if !slices.Contains(tt.lacks, name) {
				tt.statement(name)
				used = append(used, tt.partsOf(name)...)
			}
		}
		files, err := fs.Glob(sqlFiles, tt.folder+"/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if name := strings.TrimSuffix(path.Base(f), ".sql"); !slices.Contains(used, name) {
				t.Errorf("no script runs %s", f)
			}
		}
	}
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
