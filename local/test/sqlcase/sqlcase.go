// Package sqlcase has hand-written cases of the SQL of passes: tables before a statement,
// and tables after it. They hold on every warehouse, but those of Adding.
package sqlcase

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/tallystream/tallystream/shared/election"
)

//go:embed testdata/*.txtar testdata/adding/*.txtar
var files embed.FS

// Election is that of the cases: two candidates on the ballot, two regions.
var Election = &election.Election{
	ID: "case",
	Candidates: []election.Candidate{
		{ID: "ada", Name: "Ada", Party: "Engines", Portrait: "ada.svg"},
		{ID: "bob", Name: "Bob"},
	},
	Regions: []election.Region{{ID: "TX", Name: "Texas"}, {ID: "OH", Name: "Ohio"}},
}

// A Case is a case of one step.
//
// Its file is a txtar archive, named <step>-<what it shows>. A section "given T" fills
// table T, a section "want T" tells what its named columns hold afterwards; T is a table
// of the warehouse, a temporary one, or the variables that steps share. Both are written
// as columns with a heading: "-" is NULL, and 08:00:30 a time on the day of the election.
// Columns that are not named hold the same default value in every row.
type Case struct {
	Name, Comment, Step string
	Given, Want         []Table
	Variables           Table // as they are before the step
}

// All returns the cases of the steps that every warehouse has, by name.
func All() ([]Case, error) { return in("testdata") }

// Adding returns the cases of the steps that only PostgreSQL has, by name: those that add
// what a pass changes.
func Adding() ([]Case, error) { return in("testdata/adding") }

// in returns the cases of a folder.
func in(folder string) ([]Case, error) {
	names, err := fs.Glob(files, folder+"/*.txtar")
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := parse(strings.TrimSuffix(path.Base(name), ".txtar"), txtar.Parse(text))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// parse reads an archive.
func parse(name string, archive *txtar.Archive) (Case, error) {
	step, _, _ := strings.Cut(name, "-")
	c := Case{Name: name, Step: step, Comment: string(archive.Comment)}
	for _, f := range archive.Files {
		kind, id, _ := strings.Cut(f.Name, " ")
		table := parseTable(id, string(f.Data))
		switch {
		case kind == "given" && id == Variables:
			c.Variables = table
		case kind == "given":
			c.Given = append(c.Given, table)
		case kind == "want":
			c.Want = append(c.Want, table)
		default:
			return c, fmt.Errorf("%s: section %q is neither given nor want", name, f.Name)
		}
	}
	if len(c.Want) == 0 {
		return c, fmt.Errorf("%s wants nothing", name)
	}
	for _, t := range c.Want {
		if _, temporary := temporaryTables[t.ID]; temporary && len(c.Want) > 1 {
			return c, fmt.Errorf("%s wants %s, which ends with its script, and more", name, t.ID)
		}
	}
	return c, nil
}
