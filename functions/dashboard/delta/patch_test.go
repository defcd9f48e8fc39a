package delta

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// version is a document of one member that isn't a list, and one that is.
func version(name, books string, rows ...results.Row) *results.Encoding {
	return &results.Encoding{Version: name, Members: []results.Member{
		{Name: "books", Raw: json.RawMessage(books)},
		{Name: "regions", Raw: json.RawMessage(name), Rows: rows, List: true},
	}}
}

func row(key, raw string) results.Row { return results.Row{Key: key, Raw: json.RawMessage(raw)} }

func TestPatches(t *testing.T) {
	one := version("1", `{"records":1,"topics":{"votes":{"last":null,"partitions":[{"n":1,"watermark":null}]}},"gone":true}`, row("TX", "1"), row("VT", "1"))
	two := version("2", `{"records":2,"topics":{"votes":{"last":"now","partitions":[{"n":2,"watermark":null}]}}}`, row("TX", "2"), row("VT", "1"))
	three := version("3", `{"records":2,"topics":{"votes":{"last":null,"partitions":[{"n":3,"watermark":null}]}}}`, row("VT", "3"), row("WY", "3"))
	first, err := Between(one, two)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Between(two, three)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		got  *Patch
		want string
	}{
		"from 1 to 2": {first, `{"from":"1","version":"2",
			"patch":{"version":"2","books":{"records":2,"gone":null,"topics":{"votes":{"last":"now","partitions":[{"n":2,"watermark":null}]}}}},
			"rows":{"regions":[2]}}`},
		"from 2 to 3": {second, `{"from":"2","version":"3",
			"patch":{"version":"3","books":{"topics":{"votes":{"last":null,"partitions":[{"n":3,"watermark":null}]}}}},
			"rows":{"regions":[3,3]},"keys":{"regions":["VT","WY"]}}`},
		"from 1 to 3": {Join([]*Patch{first, second}), `{"from":"1","version":"3",
			"patch":{"version":"3","books":{"records":2,"gone":null,"topics":{"votes":{"last":null,"partitions":[{"n":3,"watermark":null}]}}}},
			"rows":{"regions":[3,3]},"keys":{"regions":["VT","WY"]}}`},
	} {
		text, err := json.Marshal(tc.got)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(tc.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
