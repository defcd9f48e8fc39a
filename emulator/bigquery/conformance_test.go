package bigquery_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// corpus holds requests with the answers that BigQuery itself gave. It is not
// part of the repository and read in place; see its README.md for the format.
const corpus = "../../../shared/conformance"

// anything in an expected answer matches any value, and none.
const anything = "<*>"

// cases lists the cases of a part of the corpus, or skips the test.
func cases(t *testing.T, part string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(corpus, part, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Skipf("no conformance cases in %s", filepath.Join(corpus, part))
	}
	return dirs
}

// score reports how many cases pass, and fails when they are fewer than floor
// in a hundred.
func score(t *testing.T, failures map[string][]string, total, floor int) {
	t.Helper()
	for _, name := range slices.Sorted(keysOf(failures)) {
		t.Logf("%s:\n\t%s", name, strings.Join(failures[name], "\n\t"))
	}
	passed := total - len(failures)
	t.Logf("%d of %d conformance cases pass", passed, total)
	if passed*100 < floor*total {
		t.Errorf("%d of %d cases pass, want at least %d%%", passed, total, floor)
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// vars are the names that cases use for what differs between runs.
type vars map[string]string

var placeholder = regexp.MustCompile(`\$\{(\w+)\}`)

func (v vars) expand(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(name string) string {
		if value, ok := v[name[2:len(name)-1]]; ok {
			return value
		}
		return name
	})
}

func readJSON(t *testing.T, path string, v vars, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(v.expand(string(data))), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// statements splits a setup file. The corpus has no semicolon inside a literal.
func statements(t *testing.T, path string, v vars) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for s := range strings.SplitSeq(v.expand(string(data)), ";") {
		if strings.TrimSpace(comments.ReplaceAllString(s, "")) != "" {
			out = append(out, s)
		}
	}
	return out
}

var comments = regexp.MustCompile(`(?m)--.*$`)

// diff lists where got lacks what want has. Values that want doesn't name are
// free; the fields of a schema are compared by name.
func diff(path string, want, got any) []string {
	switch w := want.(type) {
	case string:
		if w == anything {
			return nil
		}
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: want an object, got %v", path, got)}
		}
		var out []string
		for k, v := range w {
			if _, ok := g[k]; !ok && v != any(anything) {
				out = append(out, fmt.Sprintf("%s.%s: absent", path, k))
				continue
			}
			out = append(out, diff(path+"."+k, v, g[k])...)
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return []string{fmt.Sprintf("%s: want a list of %d, got %v", path, len(w), got)}
		}
		if strings.HasSuffix(path, ".fields") {
			byName(w)
			byName(g)
		}
		var out []string
		for i := range w {
			out = append(out, diff(fmt.Sprintf("%s[%d]", path, i), w[i], g[i])...)
		}
		return out
	}
	if want != got {
		return []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)}
	}
	return nil
}

func byName(fields []any) {
	slices.SortFunc(fields, func(a, b any) int { return strings.Compare(fmt.Sprint(nameOf(a)), fmt.Sprint(nameOf(b))) })
}

func nameOf(v any) any {
	m, _ := v.(map[string]any)
	return m["name"]
}
