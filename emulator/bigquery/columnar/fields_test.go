package columnar

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// nested has id, point STRUCT<x, y>, marks ARRAY<STRUCT<rank, who STRUCT<name, party>>>.
func nested() []types.Field {
	who := &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "name", Type: types.Of(types.String)}, {Name: "party", Type: types.Of(types.String)}}}
	mark := &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "rank", Type: types.Of(types.Int64)}, {Name: "Who", Type: who}}}
	point := &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "x", Type: types.Of(types.Int64)}, {Name: "y", Type: types.Of(types.Int64)}}}
	return []types.Field{
		{Name: "id", Type: types.Of(types.Int64), Required: true}, {Name: "point", Type: point}, {Name: "marks", Type: types.ArrayOf(mark)},
	}
}

func outline(columns []Column) string {
	var names []string
	for _, c := range columns {
		name := fmt.Sprintf("%d:%s", c.At, c.Name)
		if c.Scalar().Kind == types.Struct {
			name += "(" + outline(c.Fields) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestSelect(t *testing.T) {
	const all = "0:id 1:point(0:x 1:y) 2:marks(0:rank 1:Who(0:name 1:party))"
	for selected, want := range map[string]string{
		"":                                 all,
		"marks point id":                   all,
		"POINT.Y":                          "1:point(1:y)",
		"point.y point":                    "1:point(0:x 1:y)",
		"marks.who.party id":               "0:id 2:marks(1:Who(1:party))",
		"nope id point.z marks.who.nobody": "0:id 1:point() 2:marks(1:Who()) without nope, point.z, marks.who.nobody",
		"id.x":                             " without id.x",
	} {
		columns, unknown := Select(nested(), strings.Fields(selected))
		got := outline(columns)
		if len(unknown) > 0 {
			got += " without " + strings.Join(unknown, ", ")
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", selected, got, want)
		}
	}
}
