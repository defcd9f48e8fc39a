package torture

import (
	"context"
	"regexp"
	"strings"
	"sync"
)

// Statement is one of a pass.
type Statement struct {
	Pass int // from 1
	SQL  string
}

var (
	comment   = regexp.MustCompile(`(?m)^--.*\n`)
	parameter = regexp.MustCompile(`[@$]\w+`)
)

// Code is the statement without the comment above it, and without the names or numbers of
// its parameters.
func (s Statement) Code() string {
	return strings.TrimSpace(parameter.ReplaceAllString(comment.ReplaceAllString(s.SQL, ""), "?"))
}

// Name is the beginning of the statement: what it does to which table.
func (s Statement) Name() string {
	line, _, _ := strings.Cut(s.Code(), "\n")
	line, _, _ = strings.Cut(line, " AS t")
	words := strings.Fields(line)
	return strings.Join(words[:min(len(words), 4)], " ")
}

// temporary reports whether the statement changes no table: it begins the
// transaction, makes or fills a temporary table, or sets something.
func (s Statement) temporary() bool {
	words := strings.Fields(s.Name())
	switch words[0] {
	case "BEGIN", "SET", "LOCK":
		return true
	case "CREATE":
		return words[1] == "TEMP"
	case "INSERT":
		return !strings.Contains(words[2], ".") // a temporary table has no schema
	}
	return false
}

// Worth reports for each statement whether it is worth a trial. A statement that
// changes a table, commits, or reads what the pass left is worth one in every pass,
// because each pass finds other tables. A statement that changes no table is worth
// one in the first pass that has it: a fault at it later leaves the same transaction
// as a fault at the next statement.
func Worth(statements []Statement) []bool {
	worth := make([]bool, len(statements))
	seen := map[string]bool{}
	for i, s := range statements {
		worth[i] = !s.temporary() || !seen[s.SQL]
		seen[s.SQL] = true
	}
	return worth
}

// Once picks one of the equal statements of several passes, among those that are
// worth a trial. It takes turns between the passes.
func Once(statements []Statement, worth []bool) []bool {
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
func (h *Harness) statements(ctx context.Context) ([]Statement, error) {
	var mu sync.Mutex
	var ran []Statement
	s := matrixSetup()
	s.statement = func(number int, sql string) {
		mu.Lock()
		defer mu.Unlock()
		pass := 1
		if n := len(ran); n > 0 {
			pass = ran[n-1].Pass
			if number == 1 {
				pass++
			}
		}
		ran = append(ran, Statement{Pass: pass, SQL: sql})
	}
	r := h.runTrial(ctx, "clean run", s, func(ctx context.Context, t *trial) error { return t.count(ctx, thirds) })
	if err := r.clean(); err != nil {
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	return ran, nil
}
