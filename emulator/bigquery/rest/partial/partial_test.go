package partial

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPartialAnswers(t *testing.T) {
	const answer = `{"kind":"k","etag":"e","tables":[{"id":"a","labels":{"x":"1","y":"2"}},{"id":"b"}],"schema":{"fields":[{"name":"n","type":"t"}]},"total":2}`
	for _, test := range []struct{ fields, want string }{
		{"kind", `{"kind":"k"}`},
		{"total,etag", `{"etag":"e","total":2}`},
		{"tables/id", `{"tables":[{"id":"a"},{"id":"b"}]}`},
		{"tables(id,labels/y),kind", `{"kind":"k","tables":[{"id":"a","labels":{"y":"2"}},{"id":"b"}]}`},
		{"schema(fields(name))", `{"schema":{"fields":[{"name":"n"}]}}`},
		{"tables(id),tables(labels)", `{"tables":[{"id":"a","labels":{"x":"1","y":"2"}},{"id":"b"}]}`},
		{"tables,tables/id", `{"tables":[{"id":"a","labels":{"x":"1","y":"2"}},{"id":"b"}]}`},
		{"*/fields/type", `{"etag":"e","kind":"k","schema":{"fields":[{"type":"t"}]},"tables":[{},{}],"total":2}`},
		{"*", answer}, {"none", `{}`}, {"kind/x", `{"kind":"k"}`},
		{"tables(id", "!"}, {"", "!"}, {"a,,b", "!"}, {"a)", "!"}, {"a/", "!"},
	} {
		m, err := parseMask(test.fields)
		if test.want == "!" {
			if err == nil || !strings.Contains(err.Error(), "fields") {
				t.Errorf("%q: %v, want an error", test.fields, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.fields, err)
			continue
		}
		got, err := m.of(json.RawMessage(answer))
		var x, y any
		if err != nil || json.Unmarshal(got, &x) != nil || json.Unmarshal([]byte(test.want), &y) != nil {
			t.Errorf("%q: %s, %v", test.fields, got, err)
			continue
		}
		a, _ := json.Marshal(x)
		b, _ := json.Marshal(y)
		if string(a) != string(b) {
			t.Errorf("%q: %s, want %s", test.fields, a, b)
		}
	}
}
