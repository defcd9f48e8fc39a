package postgres_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/stress/torture"
)

func TestDebugStatements(t *testing.T) {
	h := newHarness(t)
	steps, err := h.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for _, s := range steps.Statements {
		ran[s.Code()]++
	}
	for _, s := range expected() {
		if ran[s] == 0 {
			t.Errorf("missing %s", s)
		}
	}
}

func TestDebug(t *testing.T) {
	h := newHarness(t)
	steps, err := h.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var cells []torture.Cell
	most, _ := strconv.Atoi(os.Getenv("MOST"))
	for _, c := range h.Cells(steps) {
		if strings.Contains(c.String(), os.Getenv("CELL")) && len(cells) < most {
			cells = append(cells, c)
		}
	}
	h.Matrix(t.Context(), cells, func(c torture.Cell, r torture.Result) {
		t.Logf("%s: %v %v %v %v", c, r.Took, r.Fired, r.Err, r.Wrongs())
		if r.Wrong() {
			t.Errorf("%s", r.Log)
		}
	})
}
