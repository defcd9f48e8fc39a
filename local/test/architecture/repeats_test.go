package architecture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// mostRepeated is how many lines of code may stand in two places, word for word.
const mostRepeated = 10

// repeated are the files that repeat lines, with the reason.
var repeated = map[string]string{
	`^local/test/postgres/testdata/deployed/|^shared/postgres/migrations/`:   "what databases have run stays as it was",
	`^shared/warehouse/functions/`:                                           "written from functions/aggregate/sql",
	`/views/|^local/dbt/models/`:                                             "Terraform, PostgreSQL and dbt each read a view from a file of its own, which can include no other",
	`^terraform/(?:modules|examples)/[^/]+/(?:variables|main|versions)\.tf$`: "a module of Terraform declares its inputs and its provider itself, and an example is read by itself",
	`^terraform/examples/`:                                                   "an example is read by itself",
}

var (
	// counts are the languages in which lines are compared.
	counts = regexp.MustCompile(`\.(?:go|sql|tf|js|css|html|py|sh)$`)
	// noCode is a line that doesn't count: a comment, an import, or no word at all.
	noCode = regexp.MustCompile(`^(?://|--|#|/?\*|import |"[^"]+"$|\w+ "[^"]+"$|[^\pL\pN]*$)`)
)

// place is where a line stands.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// The same logic stands once. Lines that are equal but for names aren't found.
func TestNothingIsRepeated(t *testing.T) {
	const root = "../../.."
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	out, err := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("git names no files here: %v", err)
	}
	first := map[string]place{} // by the lines that begin there
	var last place              // of the repetition that was told last
	for _, name := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		if !counts.MatchString(name) || isRepeated(name) {
			continue
		}
		lines, places := code(t, root, name)
		for i := range len(lines) - mostRepeated {
			block := strings.Join(lines[i:i+mostRepeated+1], "\n")
			before, known := first[block]
			if !known {
				first[block] = places[i]
				continue
			}
			if last.file != name || places[i].line > last.line+mostRepeated {
				t.Errorf("%s and %s have the same %d lines or more: let one piece of code serve both", before, places[i], mostRepeated+1)
			}
			last = places[i]
		}
	}
	if len(first) < 10_000 {
		t.Errorf("only %d blocks of lines were compared: this test tests little", len(first))
	}
}

// isRepeated reports whether a file has a reason to repeat lines.
func isRepeated(name string) bool {
	for pattern := range repeated {
		if regexp.MustCompile(pattern).MatchString(name) {
			return true
		}
	}
	return false
}

// code returns the lines of a file that count, and where they stand.
func code(t *testing.T, root, name string) (lines []string, places []place) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(strings.SplitN(string(text), "\n", 6), func(s string) bool { return strings.Contains(s, "DO NOT EDIT") }) {
		return nil, nil
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if line = strings.Join(strings.Fields(line), " "); !noCode.MatchString(line) {
			lines, places = append(lines, line), append(places, place{name, number})
		}
	}
	return lines, places
}
