package jsonobject_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

type member struct {
	Name  string
	Value jsonobject.Value
}

func members(text string) ([]member, error) {
	var list []member
	err := jsonobject.Each(text, func(name string, v jsonobject.Value) {
		list = append(list, member{name, v})
	})
	return list, err
}

func TestEach(t *testing.T) {
	got, err := members(` {"text":"a\"\\\/\b\f\n\r\tb", "é":"\u00e9\ud83d\ude00\ud800x", "n":-1.5e+3,
		"yes":true,"no":false,"none":null,"list":[1,[2],{"x":3}],"object":{"a":{"b":[]}},"twice":1,"twice":2,"":0 } `)
	if err != nil {
		t.Fatal(err)
	}
	want := []member{
		{"text", jsonobject.Value{Kind: jsonobject.String, Text: "a\"\\/\b\f\n\r\tb"}},
		{"é", jsonobject.Value{Kind: jsonobject.String, Text: "é😀\uFFFDx"}},
		{"n", jsonobject.Value{Kind: jsonobject.Number, Text: "-1.5e+3"}},
		{"yes", jsonobject.Value{Kind: jsonobject.Bool, Text: "true"}},
		{"no", jsonobject.Value{Kind: jsonobject.Bool, Text: "false"}},
		{"none", jsonobject.Value{Kind: jsonobject.Null, Text: "null"}},
		{"list", jsonobject.Value{Kind: jsonobject.Array, Text: `[1,[2],{"x":3}]`}},
		{"object", jsonobject.Value{Kind: jsonobject.Object, Text: `{"a":{"b":[]}}`}},
		{"twice", jsonobject.Value{Kind: jsonobject.Number, Text: "1"}},
		{"twice", jsonobject.Value{Kind: jsonobject.Number, Text: "2"}},
		{"", jsonobject.Value{Kind: jsonobject.Number, Text: "0"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	tests := []struct{ text, want string }{
		{``, "unexpected end at byte 0"},
		{`{`, "expected a name in double quotes at byte 1"},
		{`{"a"}`, "expected a colon after the name at byte 4"},
		{`{"a":}`, "expected a value at byte 5"},
		{`{"a":1`, "expected a comma or } after a value at byte 6"},
		{`{"a":1,}`, "expected a name in double quotes at byte 7"},
		{`{"a":[1,]}`, "expected a value at byte 8"},
		{`{"a":NaN}`, "expected a value at byte 5"},
		{`{"a":nul}`, "expected null at byte 5"},
		{`{"a":01}`, "expected a comma or } after a value at byte 6"},
		{`{"a":1.}`, "expected a digit at byte 7"},
		{`{"a":"\x"}`, "unknown escape at byte 6"},
		{`{"a":"\u12"}`, `\u without four hexadecimal digits at byte 6`},
		{"{\"a\":\"\n\"}", "control character in a text at byte 6"},
		{`{"a":"`, "text without its closing quote at byte 6"},
		{`{"a":"\`, "text without its closing quote at byte 7"},
		{"{\"a\":\"\xff\"}", "invalid UTF-8 at byte 6"},
		{`{} {}`, "text after the value at byte 3"},
		{`[1,2]`, "it is an array, not an object"},
		{`"text"`, "it is a text, not an object"},
		{`7`, "it is a number, not an object"},
		{`null`, "it is null, not an object"},
		{`{"a":` + strings.Repeat("[", 70), "nested more than 64 deep at byte 68"},
	}
	for _, tt := range tests {
		_, err := members(tt.text)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Each(%q) = %v, want %q", tt.text, err, tt.want)
		}
	}
}

// FuzzEach compares with encoding/json: what is accepted, and what it means.
func FuzzEach(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1,"b":"x\u0041\n","c":[1,2,{"d":null}],"e":-0.5e-7,"f":true}`, `[]`, `{"a":"\ud800\udc00\ud800"}`,
		`{"a":1}x`, "{\"a\":\"\x00\"}", `{"a" : [ ] , "b" : { } }`, "\ufeff{}", `{"a":1e999}`, `{"a":"\u0000"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := members(text)
		valid := json.Valid([]byte(text)) && utf8.ValidString(text)
		var notObject *jsonobject.TypeError
		if errors.As(err, &notObject) {
			if !valid {
				t.Fatalf("%q: %v, but it isn't JSON", text, err)
			}
			return
		}
		if err != nil && strings.Contains(err.Error(), "nested more than") {
			return
		}
		if (err == nil) != valid {
			t.Fatalf("%q: error %v, encoding/json says valid = %t", text, err, valid)
		}
		if !valid {
			return
		}
		want := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q: encoding/json: %v", text, err)
		}
		last := map[string]jsonobject.Value{}
		for _, m := range got {
			last[m.Name] = m.Value
		}
		if len(last) != len(want) {
			t.Fatalf("%q: %d names, encoding/json has %d", text, len(last), len(want))
		}
		for name, raw := range want {
			v, ok := last[name]
			if !ok {
				t.Fatalf("%q: %q wasn't visited", text, name)
			}
			if v.Kind != jsonobject.String {
				if v.Text != string(raw) {
					t.Fatalf("%q: %q is %q, encoding/json has %q", text, name, v.Text, raw)
				}
				continue
			}
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatal(err)
			}
			if v.Text != s {
				t.Fatalf("%q: %q is %q, encoding/json has %q", text, name, v.Text, s)
			}
		}
	})
}

func BenchmarkEach(b *testing.B) {
	const vote = `{"vote_id":"0b6f3f6e-2f0a-4f0c-9a51-0a1b2c3d4e5f","voter_id":"5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a","candidate":"Candidate A","candidate_image":"https://randomuser.me/api/portraits/men/12.jpg","timestamp":"2026-11-03T09:30:00.123456","polling_station":"Station-7"}`
	b.SetBytes(int64(len(vote)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		_ = jsonobject.Each(vote, func(string, jsonobject.Value) { n++ })
	}
}
