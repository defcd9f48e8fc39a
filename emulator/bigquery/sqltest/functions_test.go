package sqltest

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cases"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// TestFunctions runs the cases beside the files of functions, which follow
// BigQuery's documentation, and checks that each calls the function of its section.
func TestFunctions(t *testing.T) {
	files, err := cases.Files(filepath.Join("..", "functions"))
	if err != nil {
		t.Fatal(err)
	}
	e := open(t, Options{})
	for _, file := range files {
		name, _ := filepath.Rel(filepath.Join("..", "functions"), file)
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), ".cases"), func(t *testing.T) {
			list, err := cases.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range list {
				if functions.All.Has(c.Function) && !calls(t, c) {
					t.Errorf("%s doesn't call %s", c.Text, c.Function)
				}
				list[i].Want = yields(e, c.SQL())
				if list[i].Want != c.Want && !*update {
					t.Errorf("%s\n got %s\nwant %s", c.Text, list[i].Want, c.Want)
				}
			}
			if *update {
				if err := cases.Write(file, list); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// yields is the value of a query, its rows if they are more than one value, or its
// error.
func yields(e *Engine, sql string) string {
	res, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	if rows := res.Rows.Values; len(rows) != 1 || len(rows[0]) != 1 {
		return fmt.Sprint(rows)
	}
	return fmt.Sprint(res.Rows.Values[0][0])
}

// calls reports whether a case calls its function.
func calls(t *testing.T, c cases.Case) bool {
	t.Helper()
	analysis, err := analyzer.Analyzer{}.Analyze(&resolved.Request{SQL: c.SQL()})
	if err != nil { // of the analyzer
		return strings.HasPrefix(c.Want, "error: ")
	}
	return finds(reflect.ValueOf(analysis.Statement), c.Function)
}

// finds looks for a call of a function in a tree.
func finds(v reflect.Value, function string) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && finds(v.Elem(), function)
	case reflect.Slice:
		for i := range v.Len() {
			if finds(v.Index(i), function) {
				return true
			}
		}
	case reflect.Struct:
		if call, ok := v.Interface().(resolved.Call); ok && call.Function == function {
			return true
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && finds(v.Field(i), function) {
				return true
			}
		}
	}
	return false
}
