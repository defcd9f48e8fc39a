// Package cases reads the cases that lie beside the files of functions.
//
// A file of cases has a section for each function of the Go file of its name. A
// section begins with # and the function's name; each line of it is an expression
// or a query and, after " => ", what it yields: the value as Go prints it, the rows
// of a query, or "error: " and a message. cast and safe_cast are operations, not
// functions, and may have a section too.
package cases

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Case is an expression or a query of a function and what it yields.
type Case struct {
	Function string
	Text     string // as written
	Want     string
}

// SQL is the case as a query.
func (c Case) SQL() string {
	if strings.HasPrefix(c.Text, "SELECT ") {
		return c.Text
	}
	return "SELECT " + c.Text
}

// separator is between a case and what it yields.
const separator = " => "

// Read reads a file of cases.
func Read(path string) ([]Case, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []Case
	function := ""
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if name, ok := strings.CutPrefix(line, "# "); ok {
			function = name
			continue
		}
		at := strings.LastIndex(line, separator) // named arguments have it too
		if at < 0 || function == "" {
			return nil, fmt.Errorf("%s:%d: %q is neither a case nor the beginning of a section", path, i+1, line)
		}
		list = append(list, Case{function, line[:at], line[at+len(separator):]})
	}
	return list, nil
}

// Write writes cases in their order.
func Write(path string, list []Case) error {
	var b strings.Builder
	function := ""
	for _, c := range list {
		if c.Function != function {
			function = c.Function
			b.WriteString("# " + function + "\n")
		}
		b.WriteString(c.Text + separator + c.Want + "\n")
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// Files lists the files of cases below a folder.
func Files(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.cases"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no cases below %s", folder)
	}
	return files, err
}
