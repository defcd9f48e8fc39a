package wire

import (
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// SelectFields reads a list of top-level columns, "" for all. A nested name
// selects its whole column.
func SelectFields(schema []*bqv2.TableFieldSchema, list string) ([]int, error) {
	var picked []int
	if list == "" {
		for i := range schema {
			picked = append(picked, i)
		}
		return picked, nil
	}
	want := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		top, _, nested := strings.Cut(strings.ToLower(strings.TrimSpace(name)), ".")
		if nested {
			return nil, NotSupported("The selection of a nested field (%s)", name)
		}
		want[top] = true
	}
	for i, f := range schema {
		if name := strings.ToLower(f.Name); want[name] {
			picked = append(picked, i)
			delete(want, name)
		}
	}
	for name := range want {
		return nil, Invalid("Invalid field selection %s: the table has no such column", name)
	}
	return picked, nil
}
