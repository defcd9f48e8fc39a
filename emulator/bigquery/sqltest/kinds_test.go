package sqltest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// Each kind of statement is run by a line of testdata/statements.txt, and no other
// kind is.
func TestEveryKindHasACase(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "statements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	e := open(t, Options{})
	createDataset(t, e)
	ran := map[string]bool{}
	var note func(res *Result)
	note = func(res *Result) {
		ran[res.StatementType] = true
		for _, child := range res.Children {
			note(child)
		}
	}
	for line := range strings.Lines(string(text)) {
		sql, _, _ := strings.Cut(line, " => ")
		if res, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"}); err == nil { // TestAnswers says what fails
			note(res)
		}
	}
	for _, kind := range resolved.Kinds {
		if !ran[kind] {
			t.Errorf("no line of testdata/statements.txt is a %s", kind)
		}
	}
	for kind := range ran {
		if !slices.Contains(resolved.Kinds, kind) {
			t.Errorf("resolved.Kinds lacks %s", kind)
		}
	}
}
