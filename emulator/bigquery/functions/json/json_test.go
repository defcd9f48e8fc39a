package json

import (
	"errors"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	const text = `{"a": {"b.c": [1, null, {"d": "x"}]}, "e": []}`
	for path, want := range map[string]string{
		`$`:                       `{"a":{"b.c":[1,null,{"d":"x"}]},"e":[]}`,
		`$.a."b.c"[0]`:            `1`,
		`$['a']["b.c"][2].d`:      `"x"`,
		`$.a["b.c"][1]`:           `null`,
		`$.a.b`:                   ``,
		`$.e[0]`:                  ``,
		`$[0]`:                    ``,
		`a`:                       `JSONPath must start with '$'`,
		`$.`:                      `Invalid JSONPath expression: $.`,
		`$[x]`:                    `Invalid JSONPath expression: $[x]`,
		`$['a`:                    `Invalid JSONPath expression: $['a`,
		`$ .a`:                    `Invalid JSONPath expression: $ .a`,
		`$.a["b.c"][ 2 ]["d"]`:    `"x"`,
		`$["a\"b"]`:               ``,
		`$[18446744073709551616]`: `Invalid JSONPath expression: $[18446744073709551616]`,
	} {
		v, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		p, err := parsePath(path)
		if err != nil {
			got = err.Error()
		} else if found, ok := find(v, p); ok {
			got = writeJSON(found)
		}
		if got != want {
			t.Errorf("%s finds %s, want %s", path, got, want)
		}
	}
}

// The first of two values of one key counts; text that isn't JSON is an error.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`{"b": 1, "a": 2, "b": 3}`: `{"b":1,"a":2}`,
		`"<é\u00e9>"`:              `"<éé>"`,
		`1.50`:                     `1.50`,
		` [ ] `:                    `[]`,
		`{"a": 1} x`:               `syntax error while parsing JSON`,
		`{"a"`:                     `syntax error while parsing JSON`,
		``:                         `syntax error while parsing JSON`,
	} {
		v, err := Parse(text)
		got := writeJSON(v)
		if err != nil {
			got, _, _ = strings.Cut(err.Error(), ":")
		}
		if got != want {
			t.Errorf("Parse(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestModify(t *testing.T) {
	type change = func(v any, path []segment, value any, spread, option bool) (any, error)
	for _, test := range []struct {
		change         change
		in, path       string
		value          string
		spread, option bool
		want           string
	}{
		{setJSON, `{"a":1}`, `$.b.c[1]`, `2`, false, true, `{"a":1,"b":{"c":[null,2]}}`},
		{setJSON, `{"a":1}`, `$.b.c[1]`, `2`, false, false, `{"a":1}`},
		{setJSON, `{"a":1}`, `$.a.b`, `2`, false, true, `{"a":1}`},
		{appendArray, `{"a":[1]}`, `$.a`, `[2,3]`, true, true, `{"a":[1,2,3]}`},
		{appendArray, `{"a":[1]}`, `$.a`, `[2,3]`, true, false, `{"a":[1,[2,3]]}`},
		{appendArray, `{"a":1}`, `$.a`, `2`, false, true, `{"a":1}`},
		{insertArray, `[1,3]`, `$[1]`, `2`, false, true, `[1,2,3]`},
		{insertArray, `[1]`, `$[3]`, `2`, false, true, `[1,null,null,2]`},
	} {
		v, err1 := Parse(test.in)
		value, err2 := Parse(test.value)
		path, err3 := parsePath(test.path)
		got, err4 := test.change(v, path, value, test.spread, test.option)
		if err := errors.Join(err1, err2, err3, err4); err != nil || writeJSON(got) != test.want {
			t.Errorf("%s at %s: %s, %v; want %s", test.in, test.path, writeJSON(got), err, test.want)
		}
	}
}

// The part of a text at a path is what the tree of the text has there.
func TestPart(t *testing.T) {
	texts := []string{
		`{"a": 1, "b" : [ 10, {"c": "x\"}],"}, [] , {} ], "a": 2, "é": true, "\u0061\u0062": null, "": -1.50e3 }`, ` [ [ ] , [1,2] , "]" ] `, ` "a" `, `12`, `{}`, `[]`, `{"a":{"a":{"a":[0,[1]]}}}`, `null`, `"\u00e9\n"`, `"é"`, `true`, `[false,-0.0]`,
	}
	for _, text := range texts {
		tree, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"$", "$.a", "$.b", "$.b[0]", "$.b[1].c", "$.b[2]", "$.b[3]", "$.b[4]", `$["é"]`, "$.ab", `$[""]`, "$[0]", "$[1][1]", "$[2]", "$.a.a.a[1][0]", "$.a.b"} {
			segments, err := parsePath(path)
			if err != nil {
				t.Fatal(err)
			}
			want, ok := find(tree, segments)
			inner, found := part(text, segments)
			if found != ok {
				t.Errorf("%s of %s is found: %t, want %t", path, text, found, ok)
			}
			if !ok {
				continue
			}
			if got, err := value(inner); err != nil || writeJSON(got) != writeJSON(want) {
				t.Errorf("%s of %s is %q, want %s", path, text, inner, writeJSON(want))
			}
		}
	}
}
