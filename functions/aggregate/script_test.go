package aggregate

import (
	"io/fs"
	"slices"
	"testing"
)

// Every file of sql is part of a script or one of the queries around it. A name
// without a file would panic.
func TestEveryFileIsUsed(t *testing.T) {
	used := slices.Concat(steps, withoutVoters(), rebuildSteps(), rebuildAllSteps(), []string{"fresh", "recent", "poll", "portion", "progress", "chain", "logs", "ballots_new", "live_changes", "live_arrivals", "shown_live", "shown_live_votes"})
	for _, name := range used {
		Statement(name)
	}
	files, err := fs.Glob(sqlFiles, "sql/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := f[len("sql/") : len(f)-len(".sql")]; !slices.Contains(used, name) {
			t.Errorf("no script runs %s", f)
		}
	}
}
