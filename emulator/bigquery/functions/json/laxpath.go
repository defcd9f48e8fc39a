package json

import "strings"

// laxPath is the path of lax $.a or lax recursive $.a, in which arrays are taken apart as
// members are looked for in them
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#JSONPath_mode).
func laxPath(path string) (rest string, recursive, ok bool) {
	words := strings.Fields(path)
	if len(words) < 2 || !strings.EqualFold(words[0], "lax") && !strings.EqualFold(words[1], "lax") {
		return "", false, false
	}
	for len(words) > 0 && !strings.HasPrefix(words[0], "$") {
		switch strings.ToLower(words[0]) {
		case "lax":
		case "recursive":
			recursive = true
		default:
			return "", false, false
		}
		words = words[1:]
	}
	return strings.Join(words, " "), recursive, len(words) > 0
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
