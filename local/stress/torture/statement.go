package torture

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// Statement is one of a pass.
type Statement struct {
	Pass int // from 1
	SQL  string
}

var comment = regexp.MustCompile(`(?m)^--.*\n`)

// code is the statement without the comment above it.
func (s Statement) code() string { return strings.TrimSpace(comment.ReplaceAllString(s.SQL, "")) }

// Name is the beginning of the statement: what it does to which table.
func (s Statement) Name() string {
	line, _, _ := strings.Cut(s.code(), "\n")
	words := strings.Fields(line)
	return strings.TrimSuffix(strings.Join(words[:min(len(words), 4)], " "), " AS t")
}

// temporary reports whether the statement leaves every table as it is: it begins
// the transaction, or makes a table of its own.
func (s Statement) temporary() bool {
	return strings.HasPrefix(s.Name(), "BEGIN") || strings.HasPrefix(s.Name(), "CREATE TEMP")
}

// Worth tells which statements are worth a trial, in their order. A statement
// that changes a table, commits, or tells what the pass left is, in every pass:
// each finds other tables. One that was the same in an earlier pass and changes
// nothing isn't: what a fault leaves of the transaction there is what it leaves
// at the statement after it.
func Worth(statements []Statement) []bool {
	worth := make([]bool, len(statements))
	seen := map[string]bool{}
	for i, s := range statements {
		worth[i] = !s.temporary() || !seen[s.SQL]
		seen[s.SQL] = true
	}
	return worth
}

// once picks, of the statements that are worth a trial, one of each that several
// passes have: from the first pass, then from the second, and so on in turn.
func once(statements []Statement, worth []bool) []bool {
	passes := map[string][]int{} // indexes by statement
	var order []string
	for i, s := range statements {
		if !worth[i] {
			continue
		}
		if passes[s.SQL] == nil {
			order = append(order, s.SQL)
		}
		passes[s.SQL] = append(passes[s.SQL], i)
	}
	picked := make([]bool, len(statements))
	for turn, sql := range order {
		of := passes[sql]
		picked[of[turn%len(of)]] = true
	}
	return picked
}

// statements are those of the passes of a clean run, in order.
func (a *Arena) statements(ctx context.Context) ([]Statement, error) {
	var mu sync.Mutex
	var ran []Statement
	s := matrixSetup()
	s.statement = func(s bigquery.Statement) {
		mu.Lock()
		defer mu.Unlock()
		pass := 1
		if n := len(ran); n > 0 {
			pass = ran[n-1].Pass
			if s.Number == 1 {
				pass++
			}
		}
		ran = append(ran, Statement{Pass: pass, SQL: s.SQL})
	}
	r := a.hold(ctx, "clean run", s, func(ctx context.Context, t *trial) error { return t.count(ctx, thirds) })
	if r.Wrong() {
		return nil, fmt.Errorf("a run without faults: %v %w", r.Wrongs(), r.Err)
	}
	mu.Lock()
	defer mu.Unlock()
	return ran, nil
}
