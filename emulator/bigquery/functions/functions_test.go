package functions_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cases"
)

// Each function has a case in the file of cases beside the Go file that registers
// it, and each section of cases is a function's. Package sqltest runs the cases.
func TestEveryFunctionHasACase(t *testing.T) {
	files, err := cases.Files(".")
	if err != nil {
		t.Fatal(err)
	}
	beside := map[string]string{} // function → file of its cases
	for _, file := range files {
		list, err := cases.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(strings.TrimSuffix(file, ".cases") + ".go")
		if err != nil {
			t.Fatalf("cases lie beside the file of their functions: %v", err)
		}
		for _, c := range list {
			if c.Function == "cast" || c.Function == "safe_cast" {
				continue
			}
			beside[c.Function] = file
			if !strings.Contains(string(code), strconv.Quote(c.Function)+":") {
				t.Errorf("%s has a section for %s, which the Go file beside it doesn't register", file, c.Function)
			}
		}
	}
	for _, name := range functions.All.Names() {
		if beside[name] == "" {
			t.Errorf("%s has no case: write one into the .cases file beside the Go file that registers it", name)
		}
		delete(beside, name)
	}
	for name, file := range beside {
		t.Errorf("%s has a section for %s, which is no function", file, name)
	}
}

// Each Go file that registers functions is one group with cases.
func TestEveryGroupHasCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || !strings.Contains(string(code), "map[string]function.") {
			continue
		}
		checked++
		if _, err := os.Stat(strings.TrimSuffix(file, ".go") + ".cases"); err != nil {
			t.Errorf("%s registers functions and has no cases: %v", file, err)
		}
	}
	if checked == 0 {
		t.Error("no file registers functions")
	}
}
