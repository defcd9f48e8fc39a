// Package geography holds the functions of GEOGRAPHY. Values are stored as
// geography.Geography writes them, and a list of them as those texts with blanks between.
package geography

import (
	"database/sql/driver"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	parse, format, construct, inspect, measure, relate, transform, aggregate, cluster, cells,
}

// value is a value of GEOGRAPHY.
type value = *geography.Geography

// native makes a function of one GEOGRAPHY and further arguments. Its errors begin with its
// name, as BigQuery writes it.
func native(name, display string, result duckdb.Type, args function.Types, f func(g value, rest []driver.Value) (any, error)) function.Native {
	return function.Native{
		Name: name, Args: append(function.Types{function.Text}, args...), Result: result,
		Call: func(a []driver.Value) (any, error) {
			g, err := decode(a[0].(string))
			if err != nil {
				return nil, err
			}
			return named(display, func() (any, error) { return f(g, a[1:]) })
		},
	}
}

// native2 makes a function of two GEOGRAPHYs and further arguments.
func native2(name, display string, result duckdb.Type, args function.Types, f func(g, h value, rest []driver.Value) (any, error)) function.Native {
	args = append(function.Types{function.Text}, args...)
	return native(name, display, result, args, func(g value, rest []driver.Value) (any, error) {
		h, err := decode(rest[0].(string))
		if err != nil {
			return nil, err
		}
		return f(g, h, rest[1:])
	})
}

// nativeList makes a function of a list of GEOGRAPHYs and further arguments.
func nativeList(name, display string, result duckdb.Type, args function.Types, f func(list []value, rest []driver.Value) (any, error)) function.Native {
	return function.Native{
		Name: name, Args: append(function.Types{function.Text}, args...), Result: result,
		Call: func(a []driver.Value) (any, error) {
			var list []value
			for _, text := range strings.Fields(a[0].(string)) {
				g, err := decode(text)
				if err != nil {
					return nil, err
				}
				list = append(list, g)
			}
			return named(display, func() (any, error) { return f(list, a[1:]) })
		},
	}
}

// decoded keeps values of more than a few vertices, which queries compare with many rows: it
// holds the last of them, and what they are prepared with.
var decoded struct {
	sync.Mutex
	values map[string]value
}

// Values of fewer or of more bytes aren't kept, nor more than a number of others.
const (
	smallValue  = 300
	largeValue  = 1 << 20
	keptDecoded = 64
)

// decode reads a stored value.
func decode(text string) (value, error) {
	if len(text) < smallValue || len(text) > largeValue {
		return geography.Decode(text)
	}
	decoded.Lock()
	g, known := decoded.values[text]
	decoded.Unlock()
	if known {
		return g, nil
	}
	g, err := geography.Decode(text)
	if err != nil {
		return nil, err
	}
	decoded.Lock()
	defer decoded.Unlock()
	if len(decoded.values) >= keptDecoded || decoded.values == nil {
		decoded.values = map[string]value{}
	}
	decoded.values[text] = g
	return g, nil
}

// named runs a function, and begins its error with a name.
func named(display string, f func() (any, error)) (any, error) {
	v, err := f()
	if err == nil {
		return stored(v), nil
	}
	return nil, function.Errorf("%s failed: %v", display, err)
}

// stored turns GEOGRAPHYs into their texts.
func stored(v any) any {
	switch x := v.(type) {
	case value:
		return x.Encode()
	case []value:
		texts := make([]string, len(x))
		for i, g := range x {
			texts[i] = g.Encode()
		}
		return texts
	}
	return v
}

// list is an array of GEOGRAPHYs as one text. NULL elements are left out.
func list(array string) string { return "array_to_string(" + array + ", ' ')" }

// sphere calls a native with the first arguments, and refuses a spheroid in the one behind
// them.
func sphere(native string, arguments int) function.Scalar {
	return func(c *function.Call) string {
		if len(c.Args) > arguments && !literalFalse(c.Nodes[arguments]) {
			bqerror.Refuse("%s with use_spheroid other than FALSE", c.Display())
		}
		return native + "(" + strings.Join(c.Args[:arguments], ", ") + ")"
	}
}

// literalFalse reports whether an argument is left out or FALSE.
func literalFalse(e resolved.Expr) bool {
	l, ok := e.(*resolved.Literal)
	return ok && (l.Value == nil || l.Value == false)
}
