package json

import (
	"fmt"
	"io"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// segment is a segment of a JSON path: a key, or an index when key is nil.
type segment struct {
	key   *string
	index int
}

// parsePath reads a JSON path: $.a["b"][0]; legacy paths quote with ”.
func parsePath(path string) ([]segment, error) { return segmentsOf(path, bracketed) }

// parseLegacyPath reads a path of JSON_EXTRACT and its kin, whose brackets may hold a key without quotes: $[a].
func parseLegacyPath(path string) ([]segment, error) {
	return segmentsOf(path, func(rest string) (segment, string, error) {
		s, after, err := bracketed(rest)
		if key, behind, ok := strings.Cut(rest, "]"); err != nil && ok && key != "" && !strings.ContainsAny(key, `'"[ `) && strings.Trim(key, "-0123456789") != "" {
			return segment{key: &key}, behind, nil
		}
		return s, after, err
	})
}

func segmentsOf(path string, bracketed func(rest string) (segment, string, error)) ([]segment, error) {
	invalid := function.Errorf("Invalid JSONPath expression: %s", path)
	if !strings.HasPrefix(path, "$") {
		return nil, function.Errorf("JSONPath must start with '$'")
	}
	var segments []segment
	for rest := path[1:]; rest != ""; {
		var s segment
		var err error
		switch rest[0] {
		case '.':
			s, rest, err = dotted(rest[1:])
		case '[':
			s, rest, err = bracketed(rest[1:])
		default:
			err = invalid
		}
		if err != nil {
			return nil, invalid
		}
		segments = append(segments, s)
	}
	return segments, nil
}

func dotted(rest string) (segment, string, error) {
	if strings.HasPrefix(rest, `"`) {
		key, after, err := quoted(rest)
		return segment{key: &key}, after, err
	}
	n := strings.IndexAny(rest, ".[")
	if n < 0 {
		n = len(rest)
	}
	if n == 0 {
		return segment{}, "", io.ErrUnexpectedEOF
	}
	key := rest[:n]
	return segment{key: &key}, rest[n:], nil
}

func bracketed(rest string) (segment, string, error) {
	rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'") {
		key, after, err := quoted(rest)
		if err != nil || !strings.HasPrefix(after, "]") {
			return segment{}, "", io.ErrUnexpectedEOF
		}
		return segment{key: &key}, after[1:], nil
	}
	inner, after, ok := strings.Cut(rest, "]")
	index := 0
	if _, err := fmt.Sscanf(strings.TrimSpace(inner), "%d", &index); err != nil || !ok || index < 0 {
		return segment{}, "", io.ErrUnexpectedEOF
	}
	return segment{index: index}, after, nil
}

// quoted reads a quoted key and returns what follows it.
func quoted(s string) (key, after string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == s[0]:
			return b.String(), s[i+1:], nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", io.ErrUnexpectedEOF
}

// find follows a path; found tells a JSON null from nothing.
func find(v any, path []segment) (out any, found bool) {
	for _, s := range path {
		switch x := v.(type) {
		case *Object:
			if s.key == nil {
				return nil, false
			}
			if v, found = x.Values[*s.key]; !found {
				return nil, false
			}
		case []any:
			if s.key != nil || s.index >= len(x) {
				return nil, false
			}
			v = x[s.index]
		default:
			return nil, false
		}
	}
	return v, true
}
