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
	one := version("1", `{"records":1,"topics":{"votes":{"last":null,"partitions":[{"n":1,"watermark":null}]}},"gone":true}`,
		row("TX", `{"name":"Texas","voted":1,"by":{"a":1}}`), row("VT", `{"name":"Vermont","voted":1,"lead":"a"}`))
	two := version("2", `{"records":2,"topics":{"votes":{"last":"now","partitions":[{"n":2,"watermark":null}]}}}`,
		row("TX", `{"name":"Texas","voted":2,"by":{"a":1,"b":1}}`), row("VT", `{"name":"Vermont","voted":1,"lead":"a"}`))
	three := version("3", `{"records":2,"topics":{"votes":{"last":null,"partitions":[{"n":3,"watermark":null}]}}}`,
		row("VT", `{"name":"Vermont","voted":3,"lead":null}`), row("WY", `{"name":"Wyoming","voted":3}`))
	for name, tc := range map[string]struct {
		from, to *results.Encoding
		want     string
	}{
		"what changed in a row": {one, two, `{"from":"1","version":"2",
			"patch":{"version":"2","books":{"records":2,"gone":null,"topics":{"votes":{"last":"now","partitions":[{"n":2,"watermark":null}]}}}},
			"rows":{"regions":{"TX":{"voted":2,"by":{"b":1}}}}}`},
		"a new row is whole": {two, three, `{"from":"2","version":"3",
			"patch":{"version":"3","books":{"topics":{"votes":{"last":null,"partitions":[{"n":3,"watermark":null}]}}}},
			"rows":{"regions":{"VT":{"voted":3,"lead":null},"WY":{"name":"Wyoming","voted":3}}},"keys":{"regions":["VT","WY"]}}`},
		"a row comes back": {three, two, `{"from":"3","version":"2",
			"patch":{"version":"2","books":{"topics":{"votes":{"last":"now","partitions":[{"n":2,"watermark":null}]}}}},
			"rows":{"regions":{"VT":{"voted":1,"lead":"a"},"TX":{"name":"Texas","voted":2,"by":{"a":1,"b":1}}}},"keys":{"regions":["TX","VT"]}}`},
		"over two versions": {one, three, `{"from":"1","version":"3",
			"patch":{"version":"3","books":{"records":2,"gone":null,"topics":{"votes":{"partitions":[{"n":3,"watermark":null}]}}}},
			"rows":{"regions":{"VT":{"voted":3,"lead":null},"WY":{"name":"Wyoming","voted":3}}},"keys":{"regions":["VT","WY"]}}`},
	} {
		p, err := Between(tc.from, tc.to)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(p)
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
