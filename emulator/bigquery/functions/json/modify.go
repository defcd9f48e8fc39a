package json

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// modify are functions that change JSON at a path.
var modify = function.Group{
	Scalars: map[string]function.Scalar{
		"json_set":          jsonMutation("bq_json_set"),
		"json_array_append": jsonMutation("bq_json_array_append"),
		"json_array_insert": jsonMutation("bq_json_array_insert"),
		"json_remove":       jsonRemove,
		"json_strip_nulls":  jsonStripNulls,
	},
	Natives: []function.Native{
		mutation("bq_json_set", setJSON),
		mutation("bq_json_array_append", appendArray),
		mutation("bq_json_array_insert", insertArray),
		{Name: "bq_json_remove", Args: function.Types{function.Text}, Variadic: function.Text, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, err
			}
			for _, p := range a[1:] {
				if p.(string) == "" { // jsonRemove's NULL
					continue
				}
				path, err := parsePath(p.(string))
				if err != nil {
					return nil, err
				}
				if len(path) == 0 {
					return nil, function.Errorf("The JSONPath cannot be '$'")
				}
				v = removeAt(v, path)
			}
			return writeJSON(v), nil
		}},
		{Name: "bq_json_strip_nulls", Args: function.Types{function.Text, function.Text, function.Boolean, function.Boolean}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			path, err2 := parsePath(a[1].(string))
			if err := errors.Join(err, err2); err != nil {
				return nil, err
			}
			found, ok := find(v, path)
			if !ok {
				return writeJSON(v), nil
			}
			stripped := strip(found, a[2].(bool), a[3].(bool))
			if len(path) == 0 && a[3].(bool) && isEmpty(stripped) {
				stripped = nil
			}
			return writeJSON(replaceAt(v, path, stripped)), nil
		}},
	},
}

// jsonMutation passes paths and values in turn; an option may follow.
func jsonMutation(name string) function.Scalar {
	return func(c *function.Call) string {
		args := []string{c.Args[0]}
		i := 1
		for ; i+1 < len(c.Args); i += 2 {
			args = append(args, c.Args[i], Text(c, c.Args[i+1], c.Types[i+1]))
			if c.Types[i+1].Kind == types.Array {
				args[len(args)-1] = "'" + "\x01" + "' || " + args[len(args)-1] // its elements, unless told otherwise
			}
		}
		option := "true"
		if i < len(c.Args) {
			option = c.Args[i]
		}
		return name + "(CAST(" + option + " AS VARCHAR), " + strings.Join(args, ", ") + ")"
	}
}

// jsonRemove leaves the JSON as it is for a path that is NULL.
func jsonRemove(c *function.Call) string {
	args := []string{c.Args[0]}
	for _, path := range c.Args[1:] {
		args = append(args, "coalesce("+path+", '')")
	}
	return "bq_json_remove(" + strings.Join(args, ", ") + ")"
}

// jsonStripNulls leaves the JSON as it is where an option is NULL.
func jsonStripNulls(c *function.Call) string {
	path, arrays, empty := c.Arg(1, "'$'"), c.Arg(2, "TRUE"), c.Arg(3, "FALSE")
	return fmt.Sprintf("coalesce(bq_json_strip_nulls(%s, %s, %s, %s), %s)", c.Args[0], path, arrays, empty, c.Args[0])
}

// elements marks an array argument of a mutation whose elements are meant.
const elements = "\x01"

// mutation is a function of an option, a text, and pairs of path and value.
// A NULL text is NULL; a NULL path or option too.
func mutation(name string, apply func(v any, path []segment, value any, spread, option bool) (any, error)) function.Native {
	return function.Native{Name: name, Args: function.Types{function.Text, function.Text}, Variadic: function.Text, Result: function.Text, Call: func(a []driver.Value) (any, error) {
		v, err := Parse(a[1].(string))
		if err != nil {
			return nil, err
		}
		for i := 2; i+1 < len(a); i += 2 {
			path, err := parsePath(a[i].(string))
			if err != nil {
				return nil, err
			}
			raw := a[i+1].(string)
			value, err := Parse(strings.TrimPrefix(raw, elements))
			if err != nil {
				return nil, err
			}
			if v, err = apply(v, path, value, strings.HasPrefix(raw, elements), a[0].(string) == "true"); err != nil {
				return nil, err
			}
		}
		return writeJSON(sortKeys(v)), nil
	}}
}

// setJSON sets a value, creating what is missing on the way if create.
func setJSON(v any, path []segment, value any, _, create bool) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	s := path[0]
	if v == nil && create {
		if s.key != nil {
			v = &Object{Values: map[string]any{}}
		} else {
			v = []any{}
		}
	}
	switch x := v.(type) {
	case *Object:
		if s.key == nil {
			return v, nil
		}
		old, found := x.Values[*s.key]
		if !found && !create {
			return v, nil
		}
		n, err := setJSON(old, path[1:], value, false, create)
		if err == nil {
			x.set(*s.key, n)
		}
		return x, err
	case []any:
		if s.key != nil || s.index >= len(x) && !create {
			return v, nil
		}
		for len(x) <= s.index {
			x = append(x, nil)
		}
		n, err := setJSON(x[s.index], path[1:], value, false, create)
		x[s.index] = n
		return x, err
	}
	return v, nil
}

// appendArray appends a value, or the elements of an array, at a path.
func appendArray(v any, path []segment, value any, spread, each bool) (any, error) {
	found, ok := find(v, path)
	if !ok {
		return v, nil
	}
	list, isList := found.([]any)
	if !isList && found != nil {
		return v, nil
	}
	if many, ok := value.([]any); ok && spread && each {
		list = append(list, many...)
	} else {
		list = append(list, value)
	}
	return replaceAt(v, path, list), nil
}

// insertArray inserts before the index that ends a path.
func insertArray(v any, path []segment, value any, spread, each bool) (any, error) {
	if len(path) == 0 || path[len(path)-1].key != nil {
		return v, nil
	}
	index, parent := path[len(path)-1].index, path[:len(path)-1]
	found, ok := find(v, parent)
	if !ok {
		return v, nil
	}
	list, isList := found.([]any)
	if !isList && found != nil {
		return v, nil
	}
	insert := []any{value}
	if many, ok := value.([]any); ok && spread && each {
		insert = many
	}
	for len(list) < index {
		list = append(list, nil)
	}
	out := append(append(append([]any{}, list[:index]...), insert...), list[index:]...)
	return replaceAt(v, parent, out), nil
}

// replaceAt replaces the value at a path that exists.
func replaceAt(v any, path []segment, value any) any {
	if len(path) == 0 {
		return value
	}
	switch x := v.(type) {
	case *Object:
		x.set(*path[0].key, replaceAt(x.Values[*path[0].key], path[1:], value))
	case []any:
		x[path[0].index] = replaceAt(x[path[0].index], path[1:], value)
	}
	return v
}

func removeAt(v any, path []segment) any {
	s := path[0]
	switch x := v.(type) {
	case *Object:
		if s.key == nil {
			return v
		}
		if len(path) == 1 {
			x.remove(*s.key)
		} else if inner, ok := x.Values[*s.key]; ok {
			x.Values[*s.key] = removeAt(inner, path[1:])
		}
	case []any:
		if s.key != nil || s.index >= len(x) {
			return v
		}
		if len(path) == 1 {
			return append(x[:s.index:s.index], x[s.index+1:]...)
		}
		x[s.index] = removeAt(x[s.index], path[1:])
	}
	return v
}

// isEmpty reports whether an array or an object has nothing in it.
func isEmpty(v any) bool {
	list, isList := v.([]any)
	o, isObject := v.(*Object)
	return isList && len(list) == 0 || isObject && len(o.Keys) == 0
}

// strip removes nulls, from arrays too if arrays, and what is empty then if empty.
func strip(v any, arrays, empty bool) any {
	gone := func(e any) bool {
		_, isList := e.([]any)
		return e == nil || empty && (arrays || !isList) && isEmpty(e)
	}
	switch x := v.(type) {
	case *Object:
		for _, k := range append([]string(nil), x.Keys...) {
			x.Values[k] = strip(x.Values[k], arrays, empty)
			if gone(x.Values[k]) {
				x.remove(k)
			}
		}
	case []any:
		out := []any{}
		for _, e := range x {
			if e = strip(e, arrays, empty); !arrays || !gone(e) {
				out = append(out, e)
			}
		}
		return out
	}
	return v
}
