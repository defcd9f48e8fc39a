package json

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// laxPath is the path of lax $.a or lax recursive $.a, in which arrays are taken apart as
// members are looked for in them
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_mode).
func laxPath(path string) (rest string, recursive, lax bool, err error) {
	given := map[string]bool{}
	rest = strings.TrimLeft(path, " ")
	for !strings.HasPrefix(rest, "$") {
		word, after, _ := strings.Cut(rest, " ")
		word = strings.ToLower(word)
		if word != "lax" && word != "recursive" || given[word] {
			if len(given) == 0 {
				return path, false, false, nil
			}
			return "", false, false, function.Errorf("JSONPath must start with zero or more unique modifiers followed by '$'")
		}
		given[word], rest = true, strings.TrimLeft(after, " ")
	}
	if given["recursive"] && !given["lax"] {
		return "", false, false, function.Errorf("JSONPath has an invalid combination of modifiers. The 'lax' modifier must be included if 'recursive' is specified.")
	}
	return rest, given["recursive"], given["lax"], nil
}

// queryLax is all that a path finds, as a JSON array.
func queryLax(text, path string, recursive bool) (any, error) {
	segments, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	v, err := Parse(text)
	if err != nil {
		return nil, nil
	}
	found := findLax(v, segments, recursive)
	if found == nil {
		found = []any{}
	}
	return writeJSON(found), nil
}

func findLax(v any, path []segment, recursive bool) []any {
	if len(path) == 0 {
		return []any{v}
	}
	s := path[0]
	list, isList := v.([]any)
	if s.key == nil { // an index: what is no array is one of itself
		if !isList {
			list = []any{v}
		}
		if s.index >= len(list) {
			return nil
		}
		return findLax(list[s.index], path[1:], recursive)
	}
	if !isList {
		list = []any{v}
	}
	var found []any
	for _, e := range list {
		switch x := e.(type) {
		case *Object:
			if member, ok := x.Values[*s.key]; ok {
				found = append(found, findLax(member, path[1:], recursive)...)
			}
		case []any:
			if isList && recursive {
				found = append(found, findLax(x, path, recursive)...)
			}
		}
	}
	return found
}
