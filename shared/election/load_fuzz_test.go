package election

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever an election file holds, it is refused, or is a valid election that can
// be written and read again.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `{"id":"mayor"}`, "id: mayor\nname: Mayor\ndate: 2026-11-03\n",
		"id: m\nopens: 2026-11-03T06:00:00-05:00\ncloses: 2026-11-03T20:00:00-05:00\nsmall_cell: 10\n" +
			"candidates:\n  - {id: rivera, name: Ana Rivera, aliases: [Candidate A]}\nregions:\n  - {id: north, name: North side, column: 1, row: 2}\n",
		"id: m\nname: M\nportraits: {from_votes: true, hosts: [img.example.org]}\n",
		"id: [a]\n", "a: &a [*a]\n", "id: m\ncandidates: {}\n", "\xff", `{"id":"m","date":"2026-13-40"}`, "id: m\nid: n\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		if err := e.Validate(); err != nil {
			t.Fatalf("%q is taken, but %v", text, err)
		}
		written, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("write the election of %q: %v", text, err)
		}
		again, err := Parse(written)
		if err != nil {
			t.Fatalf("the election of %q is written as %s, and then: %v", text, written, err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Errorf("%q, written and read again (-want +got):\n%s", text, diff)
		}
	})
}
